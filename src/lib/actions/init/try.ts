import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import {formatEndpoint} from '../../model/backing.ts'
import type {Cluster} from '../../model/cluster.ts'
import {balancerHosts} from '../../model/load-balancer.ts'
import type {SshTarget} from '../../model/node.ts'
import type {Script} from '../../model/script.ts'
import type {DatabaseReport} from '../../ports/database.ts'
import type {Host} from '../../ports/host.ts'
import type {Ports} from '../../ports/ports.ts'

/** One thing that was tried before it is written down. */
export interface Trial {
  /** `login`: all that is wrong is who asks. `untried`: what it needs has failed already. */
  readonly outcome: 'passed' | 'login' | 'failed' | 'untried'
  /** Which answer was tried: `gf1=10.0.0.11`. */
  readonly answer: string
  /** Reads as a sentence: `gf1 answers over SSH, with root's rights`. */
  readonly text: string
}

export type TrialPorts = Pick<Ports, 'hosts' | 'databases'>

export interface DatabaseTrial extends Trial {
  readonly content?: 'empty' | 'grafana' | 'foreign'
}

/** Every host and, with its password at hand, the database from every node. */
export async function tryCluster(
  cluster: Cluster,
  ports: TrialPorts,
  {database}: {readonly database: 'try' | 'leave'},
): Promise<readonly DatabaseTrial[]> {
  const balancers = balancerHosts(cluster.loadBalancer)
  const hosts = [...cluster.nodes, ...balancers].map(({name, ssh}) => tryHost(name, ssh, ports))
  return [...(await Promise.all(hosts)), ...(database === 'try' ? await tryDatabase(cluster, ports) : [])]
}

/** Can this host be reached, and may gha act as root there? */
export async function tryHost(name: string, target: SshTarget, {hosts}: Pick<Ports, 'hosts'>): Promise<Trial> {
  const answer = name === target.host ? name : `${name}=${target.host}`
  try {
    const host = await hosts.connect(name, target)
    const root = (await host.run(WHO)) === '0'
    const rights = root ? ", with root's rights" : ", without root's rights"
    return {outcome: 'passed', answer, text: `${name} answers over SSH${rights}`}
  } catch (error) {
    const login = error instanceof GhaError && error.exit === 'authentication'
    return {outcome: login ? 'login' : 'failed', answer, text: `${name} (${target.host}): ${reasonOf(error)}`}
  }
}

const WHO: Script<string> = {
  name: 'ask who we are',
  text: 'id -u',
  mutates: false,
  deadlineSeconds: 15,
  parse: ({stdout}) => new TextDecoder().decode(stdout).trim(),
}

/** Does the database answer from every node that can be reached, and what is in it? */
export async function tryDatabase(cluster: Cluster, ports: TrialPorts): Promise<readonly DatabaseTrial[]> {
  const where = `${cluster.database.type === 'postgres' ? 'PostgreSQL' : 'MySQL'} at ${formatEndpoint(cluster.database)}`
  const trials = await Promise.all(
    cluster.nodes.map(async ({name, ssh}): Promise<DatabaseTrial | undefined> => {
      const host = await reachable(name, ssh, ports)
      return host && databaseTrial(`${where}, from ${name}`, await ports.databases.probe(cluster.database, host))
    }),
  )
  const tried = trials.filter(trial => trial !== undefined)
  if (tried.length > 0) return tried
  return [{outcome: 'untried', answer: where, text: `${where} was not tried: no node can be reached`}]
}

/** A host that cannot be reached was told already. */
async function reachable(name: string, ssh: SshTarget, {hosts}: TrialPorts): Promise<Host | undefined> {
  return hosts.connect(name, ssh).catch(() => undefined)
}

function databaseTrial(answer: string, report: DatabaseReport): DatabaseTrial {
  if (report.outcome !== 'answered') {
    const outcome = report.outcome === 'authentication' ? 'login' : 'failed'
    return {outcome, answer, text: `${answer}: ${report.message}`}
  }
  const good = report.content !== 'foreign' && !report.readOnly
  const text = `${answer}, answers in ${Math.round(report.latencyMilliseconds)} ms (${report.serverVersion}); ${CONTENT[report.content]}${report.readOnly ? ', and it takes no writes' : ''}`
  return {outcome: good ? 'passed' : 'failed', answer, text, content: report.content}
}

const CONTENT = {
  empty: 'it is empty',
  grafana: "it is a Grafana's already",
  foreign: "it holds tables that are not Grafana's",
} as const

function reasonOf(error: unknown): string {
  if (error instanceof GhaError) return [error.message, error.hint].filter(Boolean).join('. ')
  return messageOf(error)
}
