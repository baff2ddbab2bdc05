import type {HookCommand, LoadBalancer} from '../model/load-balancer.ts'
import type {Node} from '../model/node.ts'
import type {Balancer, BalancerView, ServerState} from '../ports/balancer.ts'
import type {Host} from '../ports/host.ts'
import type {Clock} from '../ports/local.ts'
import {type HookAnswer, hookScript, missingPrograms} from './hook/hook-script.ts'
import {type HookServer, readHookServers} from './hook/read-servers.ts'
import {hookFailed, neverSaid, noProgram, noSuchServer, unreadable} from './hook/refusals.ts'

type Hook = LoadBalancer & {readonly type: 'hook'}
type Verb = keyof Hook['commands']

export interface HookSurroundings {
  /** Where the commands run. */
  readonly connect: () => Promise<Pick<Host, 'run'>>
  readonly clock: Clock
}

/**
 * A balancer that other people's commands speak to. What it says once may be a slip: a node is out, or in, when its status
 * has said so several times in a row.
 */
export class HookBalancer implements Balancer {
  readonly #hook: Hook
  readonly #connect: HookSurroundings['connect']
  readonly #clock: Clock
  #listedAt = Number.NEGATIVE_INFINITY
  /** Node → when its drain began: what is left of the time to drain is left for going out. */
  readonly #drainedAt = new Map<string, number>()

  constructor(hook: Hook, {connect, clock}: HookSurroundings) {
    this.#hook = hook
    this.#connect = connect
    this.#clock = clock
  }

  /** Whoever polls is slowed down to the pace that the balancer is asked at. */
  async status(): Promise<readonly BalancerView[]> {
    const wait = this.#listedAt + this.#everyMilliseconds() - this.#clock.now()
    if (wait > 0) await this.#clock.sleep(wait)
    this.#listedAt = this.#clock.now()
    return (await this.#ask('list')).map(server => ({balancer: this.#hook.name, ...server}))
  }

  async rehearse(nodes: readonly Node[]): Promise<void> {
    const commands = Object.values(this.#hook.commands).flatMap(command => command ?? [])
    const missing = await (await this.#connect()).run(missingPrograms(commands.map(({argv}) => argv[0])))
    if (missing.length > 0) throw noProgram(this.#hook.name, missing)
    const names = (await this.#ask('list')).map(({server}) => server)
    for (const node of nodes) {
      if (!names.includes(node.balancerName)) throw noSuchServer(this.#hook.name, node, names)
      await this.#statusOf(node)
    }
  }

  async drain(node: Node): Promise<readonly BalancerView[]> {
    this.#drainedAt.set(node.name, this.#clock.now())
    if (!(await this.#says('out', node))) await this.#startDrain(node)
    return this.status()
  }

  async #startDrain(node: Node): Promise<void> {
    await this.#ask('drain', node)
    const {deadlineSeconds} = this.#hook.commands.drain
    await this.#until(
      node,
      {words: 'drain', seconds: deadlineSeconds},
      ({state}) => state === 'drain' || state === 'out',
    )
  }

  async takeOut(node: Node): Promise<readonly BalancerView[]> {
    if (this.#hook.commands.out) await this.#ask('out', node)
    const began = this.#drainedAt.get(node.name) ?? this.#clock.now()
    const spent = (this.#clock.now() - began) / 1000
    await this.#untilSaid('out', node, Math.max(0, this.#hook.drainTimeoutSeconds - spent))
    return this.status()
  }

  async undrain(node: Node): Promise<readonly BalancerView[]> {
    if (!(await this.#says('in', node))) {
      await this.#ask('undrain', node)
      await this.#untilSaid('in', node, this.#hook.drainTimeoutSeconds)
    }
    return this.status()
  }

  /** Whether its status says so every time, asked several times in a row. */
  async #says(state: ServerState, node: Node): Promise<boolean> {
    for (let time = 0; time < this.#hook.confirm.times; time++) {
      if (time > 0) await this.#clock.sleep(this.#everyMilliseconds())
      if ((await this.#statusOf(node)).state !== state) return false
    }
    return true
  }

  /** One contrary word begins the count anew. */
  async #untilSaid(state: ServerState, node: Node, seconds: number): Promise<void> {
    let inARow = 0
    const {times, everySeconds} = this.#hook.confirm
    await this.#until(node, {words: state, seconds: seconds + 2 * times * everySeconds}, server => {
      inARow = server.state === state ? inARow + 1 : 0
      return inARow >= times
    })
  }

  async #until(
    node: Node,
    {words, seconds}: {readonly words: string; readonly seconds: number},
    enough: (server: HookServer) => boolean,
  ): Promise<void> {
    const deadline = this.#clock.now() + seconds * 1000
    for (;;) {
      const server = await this.#statusOf(node)
      if (enough(server)) return
      if (this.#clock.now() >= deadline) throw neverSaid(this.#hook.name, node, {wished: words, said: server.words})
      await this.#clock.sleep(this.#everyMilliseconds())
    }
  }

  async #statusOf(node: Node): Promise<HookServer> {
    const servers = await this.#ask('status', node)
    const own = servers.find(({server}) => server === node.balancerName)
    if (own) return own
    const names = servers.map(({server}) => server)
    throw noSuchServer(this.#hook.name, node, names)
  }

  /** What `drain`, `out` and `undrain` print is for people. */
  async #ask(verb: Verb, node?: Node): Promise<readonly HookServer[]> {
    const command = this.#hook.commands[verb]
    if (!command) return []
    const answer = await this.#run(verb, command, node)
    if (answer.exitCode === 126 || answer.exitCode === 127) throw noProgram(this.#hook.name, [command.argv[0]])
    if (answer.exitCode !== 0) throw hookFailed({name: this.#hook.name, verb, node}, answer)
    if (verb !== 'list' && verb !== 'status') return []
    const read = readHookServers(answer.stdout)
    if ('wrong' in read) throw unreadable({name: this.#hook.name, verb, node}, read.wrong)
    return read.servers
  }

  async #run(verb: Verb, command: HookCommand, node: Node | undefined): Promise<HookAnswer> {
    const host = await this.#connect()
    return host.run(hookScript(verb, command, node))
  }

  #everyMilliseconds(): number {
    return this.#hook.confirm.everySeconds * 1000
  }
}
