import {messageOf} from '../../errors/message-of.ts'
import {Secret} from '../../model/secret.ts'
import type {InputQuestion, Ui} from '../../ports/ui.ts'
import {parseNode} from './arguments.ts'
import {completeAnswers, USUAL, usualRootUrl} from './complete.ts'
import {needsSecondKey} from './compose.ts'
import {draftCluster} from './draft.ts'
import {INSTALL_CHOICES} from './install-choices.ts'
import {newSecret} from './new-secret.ts'
import type {InitPorts, InitRequest, Settled} from './request.ts'
import {tellTrials} from './tell-trials.ts'
import {type DatabaseTrial, tryDatabase, tryHost} from './try.ts'
import type {BalancerAnswer, DatabaseAnswer, InitAnswers, InitSecrets, InitWish, NodeAnswer} from './wish.ts'

/** Asks what the arguments left open, and tries each answer as it goes. */
export async function interview(request: InitRequest, ports: InitPorts): Promise<Settled> {
  const talk = new Talk(request, ports)
  const name = request.wish.name ?? (await talk.ask('name', {message: 'Name of the cluster', default: USUAL.name}))
  const ssh = {...request.wish.ssh, user: request.wish.ssh.user ?? (await talk.sshUser())}
  const nodes = await talk.nodes({...request.wish, name, ssh})
  const version =
    request.wish.version ?? (await talk.ask('version', {message: 'Version of Grafana', default: USUAL.version}))
  const install = await talk.install()
  const balancer = request.wish.balancer ?? (await talk.balancer({...request.wish, name, ssh, nodes}))
  const rootUrl =
    request.wish.rootUrl ??
    (await talk.ask('rootUrl', {
      message: 'URL that browsers open',
      default: usualRootUrl(nodes[0]?.host ?? '', balancer),
    }))
  const so = {...request.wish, name, ssh, nodes, version, balancer, rootUrl, ...install}
  const {database, secrets, content} = await talk.database(so)
  const existing = content === 'grafana'
  const answers = completeAnswers({...so, database})
  return {answers, secrets: {...secrets, ...(existing ? await talk.keys(answers, secrets) : {})}, existing}
}

interface DatabaseChoice {
  readonly database: DatabaseAnswer
  readonly secrets: InitSecrets
  readonly content: DatabaseTrial['content']
}

class Talk {
  readonly #request: InitRequest
  readonly #ports: InitPorts
  readonly #ui: Ui

  constructor(request: InitRequest, ports: InitPorts) {
    this.#request = request
    this.#ports = ports
    this.#ui = ports.ui
  }

  /** One line for one answer, held to what gha.yaml allows there. */
  ask(field: 'name' | 'version' | 'rootUrl', question: InputQuestion): Promise<string> {
    return this.#ui.input({...question, validate: answer => this.#check({...this.#request.wish, [field]: answer})})
  }

  sshUser(): Promise<string> {
    return this.#ui.input({
      message: 'User that logs in over SSH',
      default: this.#ports.identity.user,
      validate: user => this.#check({...this.#request.wish, ssh: {...this.#request.wish.ssh, user}}),
    })
  }

  async nodes(so: InitWish): Promise<readonly NodeAnswer[]> {
    if (so.nodes) {
      for (const node of so.nodes) await this.#reaches(so, node)
      return so.nodes
    }
    const nodes: NodeAnswer[] = []
    for (;;) {
      const text = await this.#ui.input({
        message: nodes.length === 0 ? 'First node, as NAME=HOST' : 'Next node (empty: no more)',
        validate: answer => (answer === '' && nodes.length > 0 ? true : this.#checkNode(so, nodes, answer)),
      })
      if (text === '') return nodes
      const node = parseNode(text)
      if ((await this.#reaches(so, node)) || (await this.#ui.confirm(`Take ${node.name} all the same?`)))
        nodes.push(node)
    }
  }

  async install(): Promise<{readonly method: InitAnswers['method']; readonly packages?: string}> {
    const {method, packages} = this.#request.wish
    const chosen = method ?? (await this.#ui.select('Where does Grafana come from?', INSTALL_CHOICES))
    if (chosen !== 'tarball' || packages !== undefined) return {method: chosen, ...(packages ? {packages} : {})}
    return {
      method: chosen,
      packages: await this.#ui.input({message: 'Folder with the packages', default: './packages'}),
    }
  }

  async balancer(so: InitWish): Promise<BalancerAnswer> {
    const type = await this.#ui.select('What stands before the nodes?', BALANCERS)
    if (type === 'none') return {type}
    const list = await this.#ui.input({
      message: 'Its hosts, with commas between them',
      validate: text => this.#check({...so, balancer: {type, hosts: split(text)}}),
    })
    const hosts = split(list)
    for (const host of hosts) await this.#reaches(so, {name: host, host})
    return {type, hosts}
  }

  async database(so: InitWish): Promise<DatabaseChoice> {
    const database = so.database ?? (await this.#askDatabase(so))
    const given = this.#request.secrets
    const secrets = {
      ...given,
      database_password: given.database_password ?? new Secret(await this.#databasePassword({...so, database})),
    }
    if (this.#request.offline) return {database, secrets, content: undefined}
    const trials = await tryDatabase((await this.#draft({...so, database}, secrets)).cluster, this.#ports)
    tellTrials(trials, this.#ui)
    const content = trials.find(trial => trial.content === 'grafana')?.content
    const taken =
      trials.every(({outcome}) => outcome === 'passed') || (await this.#ui.confirm('Take this database all the same?'))
    return taken ? {database, secrets, content} : this.database(withoutDatabase(so))
  }

  /** What an existing Grafana's secrets can only be read with. */
  async keys(answers: InitAnswers, given: InitSecrets): Promise<InitSecrets> {
    this.#ui.say("The database is a Grafana's already: its keys must stay, or the secrets in it are lost.")
    const secretKey =
      given.secret_key ?? (await this.#secret('Its secret_key ([security] in its grafana.ini)', 'needed'))
    const second = needsSecondKey(answers)
      ? (given.secrets_manager_key ??
        (await this.#secret(
          'Its [secrets_manager.encryption.secret_key.v1] secret_key (empty: it was older than 12)',
          'open',
        )))
      : undefined
    const admin = given.admin_password ?? (await this.#secret('Password of its admin (empty: leave it out)', 'open'))
    return {
      ...(secretKey ? {secret_key: secretKey} : {}),
      ...(second ? {secrets_manager_key: second} : {}),
      ...(admin ? {admin_password: admin} : {}),
    }
  }

  async #askDatabase(so: InitWish): Promise<DatabaseAnswer> {
    const type = await this.#ui.select('Which database do the nodes share?', DATABASES)
    const sample = {type, host: 'db', name: 'grafana', user: 'grafana'}
    const line = (field: 'host' | 'name' | 'user', message: string, usual?: string) =>
      this.#ui.input({
        message,
        ...(usual === undefined ? {} : {default: usual}),
        validate: answer => this.#check({...so, database: {...sample, [field]: answer}}),
      })
    const host = await line('host', 'Its host, as HOST or HOST:PORT')
    const name = await line('name', 'Name of the database', 'grafana')
    const user = await line('user', 'User of the database', 'grafana')
    const sslMode = await this.#ui.select('TLS to the database', SSL_MODES[type])
    return {type, host, name, user, sslMode}
  }

  #databasePassword(so: InitWish): Promise<string> {
    return this.#ui.password({
      message: 'Password of the database user',
      validate: text => this.#check(so, {database_password: new Secret(text)}),
    })
  }

  async #secret(message: string, empty: 'needed' | 'open'): Promise<Secret | undefined> {
    const text = await this.#ui.password({
      message,
      validate: answer =>
        answer === ''
          ? empty === 'open' || 'it is needed'
          : this.#check(this.#request.wish, {secret_key: new Secret(answer)}),
    })
    return text === '' ? undefined : new Secret(text)
  }

  async #reaches(so: InitWish, node: NodeAnswer): Promise<boolean> {
    if (this.#request.offline) return true
    const {cluster} = await this.#draft({...so, nodes: [node], balancer: {type: 'none'}}, this.#request.secrets)
    const [target] = cluster.nodes
    if (!target) return false
    const trial = await tryHost(node.name, target.ssh, this.#ports)
    tellTrials([trial], this.#ui)
    return trial.outcome === 'passed'
  }

  #checkNode(so: InitWish, nodes: readonly NodeAnswer[], answer: string): Promise<true | string> {
    try {
      return this.#check({...so, nodes: [...nodes, parseNode(answer)]})
    } catch (error) {
      return Promise.resolve(messageOf(error))
    }
  }

  async #check(so: InitWish, secrets: InitSecrets = {}): Promise<true | string> {
    try {
      await this.#draft(so, secrets)
      return true
    } catch (error) {
      return messageOf(error)
    }
  }

  /** The answers so far, with stand-ins for what is still open. */
  #draft(so: InitWish, secrets: InitSecrets) {
    const nodes = so.nodes ?? STAND_IN.nodes
    const answers = completeAnswers({
      ...so,
      nodes,
      database: so.database ?? STAND_IN.database,
      set: so.set.filter(({path: [list, name]}) => list !== 'nodes' || nodes.some(node => node.name === name)),
    })
    const keys = {secret_key: newSecret(), secrets_manager_key: newSecret()}
    return draftCluster(answers, {directory: this.#request.directory, secrets: {...keys, ...secrets}}, this.#ports)
  }
}

const STAND_IN = {
  nodes: [{name: 'node', host: 'node.invalid'}],
  database: {type: 'postgres', host: 'db.invalid', name: 'grafana', user: 'grafana'},
} as const

const BALANCERS = [
  {value: 'haproxy', name: 'HAProxy'},
  {value: 'nginx', name: 'nginx'},
  {value: 'none', name: 'nothing that gha may drain'},
] as const

const DATABASES = [
  {value: 'postgres', name: 'PostgreSQL'},
  {value: 'mysql', name: 'MySQL or MariaDB'},
] as const

const SSL_MODES = {
  postgres: ['verify-full', 'verify-ca', 'require', 'disable'].map(value => ({value, name: value})),
  mysql: ['false', 'skip-verify'].map(value => ({value, name: value})),
}

function split(text: string): readonly string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}

function withoutDatabase({database: _, ...rest}: InitWish): InitWish {
  return rest
}
