import {messageOf} from '../errors/message-of.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import {type Observation, unknown} from '../model/observation.ts'
import {DialError, type Host} from '../ports/host.ts'
import type {Http, HttpResponse} from '../ports/http.ts'
import {grafanaOrigin} from './grafana-origin.ts'

/** One node's own Grafana, reached through its host. */
export interface GrafanaDoor {
  readonly cluster: Cluster
  readonly node: Node
  readonly host: Host
  readonly http: Http
}

export interface GrafanaQuestion<T> {
  /** Without the sub-path. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly deadlineSeconds: number
  readonly read: (response: HttpResponse) => Observation<T>
}

/** Asks over HTTP; no answer at all is `unknown` with the reason. */
export async function askGrafana<T>(door: GrafanaDoor, question: GrafanaQuestion<T>): Promise<Observation<T>> {
  const {prefix, ...origin} = grafanaOrigin(door.cluster, door.node)
  try {
    const response = await door.http.request(door.host, origin, {
      path: prefix + question.path,
      deadlineSeconds: question.deadlineSeconds,
      ...(question.headers ? {headers: question.headers} : {}),
    })
    return question.read(response)
  } catch (error) {
    return unknown(whyNoAnswer(error))
  }
}

function whyNoAnswer(error: unknown): string {
  if (error instanceof DialError && error.failure === 'refused') return 'nothing listens on its port'
  return messageOf(error)
}
