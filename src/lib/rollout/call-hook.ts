import path from 'node:path'
import {GhaError} from '../errors/gha-error.ts'
import type {Cluster} from '../model/cluster.ts'
import {given} from '../model/given.ts'
import type {Hook, HookName} from '../model/hook.ts'
import type {Node} from '../model/node.ts'
import {Secret} from '../model/secret.ts'
import {secretsIn} from '../model/secrets-in.ts'
import {formatVersion} from '../model/version.ts'
import {nodesOf, type Plan} from '../plan/plan.ts'
import type {HookEnd} from '../ports/hook-programs.ts'
import type {Journal} from '../ports/journal.ts'
import type {Ports} from '../ports/ports.ts'
import type {HookProgress, UnstagedRun} from './run.ts'

/** What a hook is told about. Plan, run and journal are there as soon as there are such. */
export interface HookScene {
  readonly cluster: Cluster
  readonly ports: Pick<Ports, 'hookPrograms' | 'clock'>
  readonly calledFor: UnstagedRun['calledFor']
  readonly plan?: Plan
  readonly run?: string
  readonly journal?: Journal
  readonly progress: (event: HookProgress) => void
}

export interface HookCall {
  readonly hook: HookName
  readonly node?: Node
  /** Of a turn or a run that is over. */
  readonly outcome?: string
  /** Whatever gha.yaml says: there is nothing left to stop. */
  readonly onFailure?: 'warn'
}

/** More is for the program's own log. */
const MOST_LINES = 400
const LAST_LINES = 5
const LONGEST_LINE = 1000

export function sceneOf({lock, ...run}: Omit<UnstagedRun, 'ports'> & Pick<HookScene, 'ports'>): HookScene {
  return {...run, run: lock.lease.run}
}

/**
 * Runs the operator's program for that moment, where gha.yaml names one.
 * @throws GhaError `HOOK_FAILED` where its failure is to stop what comes next
 */
export async function callHook(scene: HookScene, call: HookCall): Promise<void> {
  const hook = scene.cluster.hooks[call.hook]
  if (!hook || hook.skipped) return
  const {ports, progress, journal} = scene
  const about = {hook: call.hook, ...(call.node ? {node: call.node.name} : {})}
  const secrets = secretsIn(scene.cluster)
  const heard = new Heard(secrets, line => progress({...about, type: 'hook-said', line}))
  const started = ports.clock.now()
  progress({...about, type: 'hook-started', words: wordsOf(hook, secrets)})
  await journal?.append({...about, type: 'hook-started'})
  const end = await ports.hookPrograms.run({
    argv: hook.argv,
    folder: path.dirname(scene.cluster.file),
    environment: environmentOf(scene, call),
    isSecret: value => secrets.some(secret => secret.isIn(value)),
    deadlineSeconds: hook.deadlineSeconds,
    onLine: line => heard.line(line),
  })
  const wrong = whatIsWrong(hook, end)
  if (wrong === undefined) {
    await journal?.append({...about, type: 'hook-done', detail: heard.last()})
    progress({...about, type: 'hook-done', milliseconds: ports.clock.now() - started})
    return
  }
  const message = [`${wordsOf(hook, secrets)} ${wrong}`, heard.last()].filter(Boolean).join(': ')
  await journal?.append({...about, type: 'hook-failed', detail: message})
  const {onFailure} = {...hook, ...call}
  progress({...about, type: 'hook-failed', message, onFailure})
  if (onFailure === 'stop') throw hookFailed(call, message)
}

/** The words of gha.yaml, for people. */
export function wordsOf({argv}: Hook, secrets: readonly Secret[]): string {
  return Secret.hiddenIn(argv.join(' '), secrets)
}

/** What the program says, without secrets, as much as anybody reads. */
class Heard {
  readonly #secrets: readonly Secret[]
  readonly #say: (line: string) => void
  #count = 0
  #last: readonly string[] = []

  constructor(secrets: readonly Secret[], say: (line: string) => void) {
    this.#secrets = secrets
    this.#say = say
  }

  line(text: string): void {
    const whole = Secret.hiddenIn(text, this.#secrets)
    const line = whole.length > LONGEST_LINE ? `${whole.slice(0, LONGEST_LINE)}…` : whole
    this.#count += 1
    this.#last = [...this.#last, line].slice(-LAST_LINES)
    if (this.#count < MOST_LINES) this.#say(line)
    if (this.#count === MOST_LINES) this.#say('… more of its output is not shown')
  }

  last(): string {
    return this.#last.join(' ').trim()
  }
}

function environmentOf(scene: HookScene, {hook, node, outcome}: HookCall): Readonly<Record<string, string>> {
  const {cluster, plan, run, calledFor} = scene
  return given({
    GHA_HOOK: hook,
    GHA_CLUSTER: cluster.name,
    GHA_CONFIG: cluster.file,
    GHA_VERB: calledFor,
    GHA_RUN_ID: run,
    GHA_FROM: plan?.from && formatVersion(plan.from),
    GHA_TO: plan && formatVersion(plan.to),
    GHA_VERSION_STEP: plan?.step.kind,
    GHA_NODES: plan && [...new Set(nodesOf(plan).map(each => each.node))].join(' '),
    GHA_NODE: node?.name,
    GHA_ADDRESS: node?.address,
    GHA_PORT: node && String(node.httpPort),
    GHA_SERVER: node?.balancerName,
    GHA_ZONE: node?.zone,
    GHA_OUTCOME: outcome,
  })
}

function whatIsWrong({deadlineSeconds}: Hook, end: HookEnd): string | undefined {
  switch (end.how) {
    case 'exited':
      return end.code === 0 ? undefined : `ended with exit code ${end.code}`
    case 'killed':
      return `was ended by ${end.signal}`
    case 'late':
      return `did not end within ${deadlineSeconds} s and was ended`
    case 'not-started':
      return `could not start: ${end.reason}`
  }
}

/** Before the run has a node in its hands, nothing was changed. */
function hookFailed({hook, node}: HookCall, message: string): GhaError {
  return new GhaError(message, {
    code: 'HOOK_FAILED',
    exit: node ? 'partial' : 'preflight',
    step: hook,
    ...(node ? {node: node.name} : {unchanged: 'Nothing was changed.'}),
    hint: `Mend \`hooks.${hook}\` of gha.yaml and run the command again; \`--skip-hooks\` goes without any hook.`,
  })
}
