import type {StrikeName} from './strikes.ts'

/** A moment of one node's turn: a line of the journal, or what the journal cannot tell. */
export type Moment =
  | {readonly step: (typeof STEPS)[number] | 'soak'; readonly type: 'step-started' | 'step-done'}
  /** Packages and files are on the node; its turn is to come. */
  | 'staged'
  /** Of the whole run: packages and files are staged next; the lock is given back next. */
  | 'run-started'
  | 'run-ended'
  | 'package manager at work'

export interface Struck {
  readonly node: string
  readonly how: StrikeName
  readonly moment: Moment
  /** How long after it, so that what follows the boundary is met too. */
  readonly delayMs: number
}

/** One rollout of the sweep, struck once in every node's turn. */
export type Chain = readonly Struck[]

const STEPS = ['may-it-go', 'arm', 'drain', 'activate', 'gate', 'disarm', 'undrain'] as const
const TYPES = ['step-started', 'step-done'] as const
const NODES = ['gf1', 'gf2', 'gf3'] as const
const LONGEST_DELAY_MS = 300

const MOMENTS: readonly Moment[] = [
  ...STEPS.flatMap(step => TYPES.map(type => ({step, type}))),
  'package manager at work',
]

/** Every moment of every node exactly once, each chain with one of each node; the seed says which meet. Then the run's own, and the soak. */
export function chainsOf(seed: number, how: StrikeName): readonly Chain[] {
  const random = randomOf(seed)
  const orders = NODES.map(node => ({node, moments: shuffled(MOMENTS, random)}))
  const later = () => (random() < 0.5 ? 0 : Math.round(random() * LONGEST_DELAY_MS))
  const inTurns = MOMENTS.map((_, place) =>
    orders.map(({node, moments}) => ({node, how, moment: moments[place] as Moment, delayMs: later()})),
  )
  const ofTheRun: Chain = [
    {node: 'gf1', how, moment: 'run-started', delayMs: later()},
    {node: 'gf2', how, moment: 'staged', delayMs: 0},
    {node: 'gf3', how, moment: 'run-ended', delayMs: 0},
  ]
  const whileUsersAreWatched: Chain = [
    {node: 'gf1', how, moment: {step: 'soak', type: 'step-started'}, delayMs: later()},
    {node: 'gf2', how, moment: {step: 'soak', type: 'step-done'}, delayMs: 0},
    {node: 'gf3', how, moment: {step: 'soak', type: 'step-started'}, delayMs: later()},
  ]
  return [...inTurns, ofTheRun, whileUsersAreWatched]
}

/** Only a rollout whose users are watched has a soak. */
export function wantsProbe(chain: Chain): boolean {
  return chain.some(({moment}) => typeof moment === 'object' && moment.step === 'soak')
}

export function inWords({node, moment, delayMs}: Struck): string {
  const what = typeof moment === 'string' ? moment : `${moment.step} ${moment.type === 'step-done' ? 'done' : 'begun'}`
  return `${node} ${what}${delayMs > 0 ? ` +${delayMs} ms` : ''}`
}

/** Whether gha may have ended well before a strike there: the last node is about to serve, and nothing is left to do. */
export function mayComeTooLate({node, moment, delayMs}: Struck): boolean {
  if (moment === 'run-ended') return true
  if (node !== NODES.at(-1) || typeof moment === 'string') return false
  const {step, type} = moment
  if (step === 'undrain' && type === 'step-done') return true
  return (step === 'undrain' || step === 'disarm') && delayMs > 0
}

/** Whether the balancer still, or again, sends users to the node at that moment. */
export function mayServe({moment}: Struck): boolean {
  if (typeof moment === 'string') return moment !== 'package manager at work'
  const {step, type} = moment
  if (step === 'drain') return type === 'step-started'
  return (
    step === 'may-it-go' ||
    step === 'soak' ||
    step === 'arm' ||
    step === 'undrain' ||
    (step === 'disarm' && type === 'step-done')
  )
}

function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  return values
    .map(value => ({value, rank: random()}))
    .sort((one, other) => one.rank - other.rank)
    .map(({value}) => value)
}

/** The same numbers between 0 and 1 for the same seed, on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
