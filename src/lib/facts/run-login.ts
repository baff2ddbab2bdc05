import {messageOf} from '../errors/message-of.ts'
import type {Admin, Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import {mergeSettings} from '../model/settings.ts'
import type {Ports} from '../ports/ports.ts'
import {NO_ADMIN, REFUSED} from './as-admin.ts'
import {grafanaOrigin, publicOrigin} from './grafana-origin.ts'
import {closeSession, type Door, type LoginAnswer, openSession, type Session, showSession} from './grafana-session.ts'

/** What a login shows of one node. */
export interface LoginSeen {
  /** Where the run's session was opened, in words. */
  readonly opened: string
  /** Whether this node knows the run's session. */
  readonly here: Observation<boolean>
  /** The same of every other node that knew it at some time of this run. */
  readonly elsewhere: ReadonlyMap<string, Observation<boolean>>
  readonly own: OwnLogin
}

/** A login on the node itself, and who else knows its session. */
export type OwnLogin =
  | {readonly taken: true; readonly elsewhere: ReadonlyMap<string, Observation<boolean>>}
  | {readonly taken: false; readonly words: string}

/** Why nobody can log in by name and password there; undefined where somebody can. */
export function whyNoLogin({grafana}: Cluster, node?: Node): string | undefined {
  if (!grafana.admin) return NO_ADMIN
  const form = mergeSettings(grafana.settings, node?.settings ?? {})['auth']?.['disable_login_form']
  return form && form.kind !== 'secret' && /^(1|t|true|y|yes|on)$/i.test(form.text.trim())
    ? 'the login form is off, and with it the login by password'
    : undefined
}

interface Opened {
  readonly words: string
  readonly door: Door
  session: Session
}

interface OwnTry {
  readonly node: Node
  readonly process: string
  readonly admin: Admin
}

/** The last login on a node itself. */
interface Own {
  readonly process: string
  readonly at: number
  /** The session, or why there is none. */
  readonly result: Opened | string
}

/** A login that fails may need its time to mend, and each one is work for the database. */
const AGAIN_MILLISECONDS = 5000

export interface TriedNode {
  readonly node: Node
  /** Names the Grafana that runs there now. */
  readonly process: string
  /** Nodes that are changed at the same time: what they know is not held against this one. */
  readonly mates: ReadonlySet<string>
}

export type LoginPorts = Pick<Ports, 'here' | 'hosts' | 'http' | 'clock'>

/**
 * One login per run, at the balancer where it can be reached, shown to every node; and one on each node that was
 * swapped, which is where a broken login shows. A password that Grafana refused is not tried again.
 */
export class RunLogin {
  readonly #cluster: Cluster
  readonly #ports: LoginPorts
  readonly #own = new Map<string, Own>()
  readonly #sessions: Opened[] = []
  /** Nodes that knew the run's session at some time. */
  readonly #knew = new Set<string>()
  /** Nodes before whose turn nobody could log in anywhere. */
  readonly #shutBefore = new Set<string>()
  #opening: Promise<Opened | undefined> | undefined
  #whyNot = 'nobody tried to log in'
  #refused = false

  constructor(cluster: Cluster, ports: LoginPorts) {
    this.#cluster = cluster
    this.#ports = ports
  }

  /** Opens the run's session and shows it to all nodes while everything is as before. */
  async begin(node: Node): Promise<void> {
    const {admin} = this.#cluster.grafana
    if (!admin || whyNoLogin(this.#cluster, node) !== undefined) return
    if (!(await this.#runSession(node, admin))) this.#shutBefore.add(node.name)
  }

  async tryOn({node, process, mates}: TriedNode): Promise<Observation<LoginSeen>> {
    const {admin} = this.#cluster.grafana
    const reason = whyNoLogin(this.#cluster, node)
    if (!admin || reason !== undefined) return unknown(reason ?? NO_ADMIN)
    const opened = await this.#runSession(node, admin)
    if (!opened) return unknown(this.#whyNotNow(node))
    const [answers, own] = await Promise.all([this.#show(opened), this.#showOwn({node, process, admin})])
    this.#remember(friendsIn(answers))
    const others = [...this.#knew].filter(name => name !== node.name && !mates.has(name))
    return known({
      opened: opened.words,
      here: answers.get(node.name) ?? unknown('nobody asked'),
      elsewhere: among(answers, others),
      own: typeof own === 'string' ? {taken: false, words: own} : {taken: true, elsewhere: among(own, others)},
    })
  }

  /** Logs out everywhere. */
  async end(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map(({door, session}) => closeSession(door, session)))
  }

  async #runSession(node: Node, admin: Admin): Promise<Opened | undefined> {
    if (this.#refused) return undefined
    this.#opening ??= this.#open(node, admin)
    const opened = await this.#opening
    if (!opened) this.#opening = undefined
    return opened
  }

  async #open(node: Node, admin: Admin): Promise<Opened | undefined> {
    const others = this.#cluster.nodes.filter(({name}) => name !== node.name)
    const balanced = this.#cluster.loadBalancer.type !== 'none'
    const first = balanced ? await this.#openAt(BALANCER, known(this.#publicDoor()), admin) : undefined
    if (first) return this.#mostWelcome(first, admin)
    for (const at of [...others, node]) {
      const opened = this.#refused ? undefined : await this.#openOn(at, admin)
      if (opened) return this.#mostWelcome(opened, admin)
    }
    return undefined
  }

  /** Where most nodes do not know the session, it was opened on one that shares with few: theirs is the right one. */
  async #mostWelcome(first: Opened, admin: Admin): Promise<Opened> {
    const answers = await this.#show(first)
    const [friends, strangers] = [friendsIn(answers), strangersIn(answers)]
    const stranger = this.#cluster.nodes.find(({name}) => name === strangers[0])
    const second = stranger && strangers.length > friends.length ? await this.#openOn(stranger, admin) : undefined
    const more = second ? friendsIn(await this.#show(second)) : []
    const kept = second && more.length > friends.length ? second : first
    this.#remember(kept === first ? friends : more)
    return kept
  }

  async #openOn(node: Node, admin: Admin): Promise<Opened | undefined> {
    return this.#openAt(`on ${node.name}`, await this.#door(node), admin)
  }

  /** In front of the balancer others may ask for a password too: a refusal there is not yet Grafana's. */
  async #openAt(words: string, door: Observation<Door>, admin: Admin): Promise<Opened | undefined> {
    const answer = door.known ? await openSession(door.value, admin) : door
    if (door.known && answer.known && answer.value.taken) {
      const opened = {words, door: door.value, session: answer.value.session}
      this.#sessions.push(opened)
      return opened
    }
    this.#refused ||= words !== BALANCER && answer.known && !answer.value.taken && answer.value.refused
    this.#whyNot = this.#refused ? REFUSED : `no login ${words}: ${wordsOf(answer)}`
    return undefined
  }

  async #showOwn(own: OwnTry): Promise<Answers | string> {
    const result = await this.#ownLogin(own)
    return typeof result === 'string' ? result : this.#show(result)
  }

  async #ownLogin({node, process, admin}: OwnTry): Promise<Opened | string> {
    const last = this.#own.get(node.name)
    const at = this.#ports.clock.now()
    const stands = last && (typeof last.result !== 'string' || at - last.at < AGAIN_MILLISECONDS)
    if (stands && last.process === process) return last.result
    const result = (await this.#openOn(node, admin)) ?? this.#whyNotNow(node)
    this.#own.set(node.name, {process, at, result})
    return result
  }

  #whyNotNow({name}: Node): string {
    return this.#shutBefore.has(name) && !this.#refused ? `${this.#whyNot}, as before its turn` : this.#whyNot
  }

  /** Shows a session to all nodes. */
  async #show(opened: Opened): Promise<Answers> {
    const answers = this.#cluster.nodes.map(async (node): Promise<readonly [string, Observation<boolean>]> => {
      const door = await this.#door(node)
      const answer = door.known ? await showSession(door.value, opened.session) : door
      if (!answer.known) return [node.name, answer]
      opened.session = answer.value.session
      return [node.name, known(answer.value.recognized)]
    })
    return new Map(await Promise.all(answers))
  }

  #remember(names: readonly string[]): void {
    for (const name of names) this.#knew.add(name)
  }

  #publicDoor(): Door {
    return {from: this.#ports.here, http: this.#ports.http, origin: publicOrigin(this.#cluster)}
  }

  async #door(node: Node): Promise<Observation<Door>> {
    const {hosts, http} = this.#ports
    try {
      return known({from: await hosts.connect(node.name, node.ssh), http, origin: grafanaOrigin(this.#cluster, node)})
    } catch (error) {
      return unknown(messageOf(error))
    }
  }
}

const BALANCER = 'through the balancer'

type Answers = ReadonlyMap<string, Observation<boolean>>

/** Nodes that know the session. */
function friendsIn(answers: Answers): readonly string[] {
  return [...answers].flatMap(([name, answer]) => (answer.known && answer.value ? [name] : []))
}

/** Nodes that do not; of the silent ones nobody can say. */
function strangersIn(answers: Answers): readonly string[] {
  return [...answers].flatMap(([name, answer]) => (answer.known && !answer.value ? [name] : []))
}

function among(answers: Answers, names: readonly string[]): Answers {
  return new Map([...answers].filter(([name]) => names.includes(name)))
}

function wordsOf(answer: Observation<LoginAnswer>): string {
  if (!answer.known) return answer.reason
  return answer.value.taken ? '' : answer.value.words
}
