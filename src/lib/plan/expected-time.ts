import type {JournalEvent} from '../ports/journal.ts'
import {eventsIn} from './journal-events.ts'
import type {NodePlan, Plan, Step} from './plan.ts'

/** How long a plan will take by what past runs took. */
export interface ExpectedTime {
  readonly seconds: number
  /** How many runs tell it. */
  readonly runs: number
  /** What comes on top, and is in none of them. */
  readonly without?: readonly Rare[]
}

/** What most runs do not do: it is not known from the first of them that does. */
export type Rare = 'backup' | 'stops'

/** From the journals of past runs, as text; undefined where a step of a turn is in none of them: then nothing is said. */
export function expectedTime(plan: Plan, journals: readonly string[]): ExpectedTime | undefined {
  const runs = journals.map(eventsIn).filter(hasSteps)
  const took = Map.groupBy(runs.flatMap(stepsOf), ({step}) => step)
  const medianOf = (step: string) => median((took.get(step) ?? []).map(({seconds}) => seconds))
  const before = median(runs.flatMap(secondsBefore))
  const waves = plan.waves.map(wave => waveSeconds(wave, medianOf))
  if (before === undefined || waves.length === 0) return undefined
  const seconds = waves.reduce((sum, wave) => sum + wave, before)
  if (Number.isNaN(seconds)) return undefined
  const rare = rareSeconds(plan, medianOf)
  const known = rare.flatMap(({seconds: some}) => some ?? [])
  const without = rare.flatMap(({what, seconds: some}) => (some === undefined ? what : []))
  return {
    seconds: Math.round(known.reduce((sum, some) => sum + some, seconds)),
    runs: runs.length,
    ...(without.length > 0 ? {without} : {}),
  }
}

interface RareSeconds {
  readonly what: Rare
  readonly seconds: number | undefined
}

/** The copy of the database before the first node; the nodes that stop for a writer stop together. */
function rareSeconds({backup, window}: Plan, medianOf: Medians): readonly RareSeconds[] {
  const stops = (window?.stops ?? []).map(({steps}) => secondsOf(steps, medianOf))
  const stopped = Math.max(...stops)
  return [
    ...(backup && backup.method !== 'skip' ? [{what: 'backup', seconds: medianOf('backup')} as const] : []),
    ...(stops.length > 0 ? [{what: 'stops', seconds: Number.isNaN(stopped) ? undefined : stopped} as const] : []),
  ]
}

type Medians = (step: string) => number | undefined

/** Nodes of one wave are away together, but start one after the other. NaN where nothing is known. */
function waveSeconds(wave: readonly NodePlan[], medianOf: Medians): number {
  const starts = wave.map(({steps}) => steps.filter(({kind}) => kind === 'activate'))
  const rest = wave.map(({steps}) => steps.filter(({kind}) => kind !== 'activate'))
  return secondsOf(starts.flat(), medianOf) + Math.max(...rest.map(steps => secondsOf(steps, medianOf)))
}

function secondsOf(steps: readonly Step[], medianOf: Medians): number {
  return steps.reduce((sum, step) => sum + stepSeconds(step, medianOf), 0)
}

/** A gate lasts at least as long as it is asked to now. */
function stepSeconds(step: Step, medianOf: Medians): number {
  const usual = medianOf(step.kind) ?? Number.NaN
  return step.kind === 'gate' ? Math.max(usual, step.healthySeconds) : usual
}

interface Took {
  readonly step: string
  readonly seconds: number
}

function stepsOf(events: readonly JournalEvent[]): readonly Took[] {
  const begun = new Map<string, number>()
  return events.flatMap(({type, node, step, at}) => {
    if (step === undefined) return []
    const key = `${node ?? ''} ${step}`
    const since = begun.get(key)
    if (type === 'step-started') begun.set(key, at)
    return type === 'step-done' && since !== undefined ? [{step, seconds: (at - since) / 1000}] : []
  })
}

/** Looking, locking and staging. */
function secondsBefore(events: readonly JournalEvent[]): readonly number[] {
  const started = events.find(({type}) => type === 'run-started')
  const first = events.find(({type}) => type === 'step-started')
  return started && first ? [(first.at - started.at) / 1000] : []
}

function hasSteps(events: readonly JournalEvent[]): boolean {
  return events.some(({type}) => type === 'step-done')
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}
