import {given} from '../model/given.ts'
import {eventsIn} from '../plan/journal-events.ts'
import type {JournalEvent, RunOutcomes, RunOutline} from '../ports/journal.ts'

/** What a journal tells of one run. */
export interface RunStory {
  readonly run: string
  /** Missing where the journal's beginning is lost. */
  readonly outline?: RunOutline
  readonly startedAt: number
  /** Of the last event. */
  readonly lastAt: number
  readonly ended?: {readonly at: number; readonly result: string; readonly outcomes: RunOutcomes}
  /** Steps that were begun and have not ended. */
  readonly underWay: readonly {readonly node: string; readonly step: string; readonly since: number}[]
  /** A program of the operator that was begun and has not ended. */
  readonly hook?: {readonly hook: string; readonly node?: string; readonly since: number}
  readonly paused?: {readonly since: number; readonly detail: string}
  /** It waits to be confirmed, or was cut while it did. */
  readonly trying?: {readonly since: number; readonly until: number}
  /** What became of that. */
  readonly tried?: {readonly kept: boolean; readonly why: string}
  /** Nodes whose turn is over and did not fail, back in service. */
  readonly finished: readonly string[]
  /** Node → the releases it goes between. */
  readonly releases: ReadonlyMap<string, {readonly from?: string; readonly to: string}>
  /** Nodes on which a swap was begun. */
  readonly swapped: readonly string[]
}

/** Journals of runs as text, from this machine and from the nodes, into stories, newest first: whoever knows more, counts. */
export function runStories(texts: readonly string[]): readonly RunStory[] {
  const events = texts.flatMap(eventsIn).filter(({run}) => typeof run === 'string')
  const runs = Map.groupBy(events, ({run}) => run)
  return [...runs].map(([run, own]) => tell(run, inOrder(own))).toSorted((a, b) => (a.run < b.run ? 1 : -1))
}

function inOrder(events: readonly JournalEvent[]): readonly JournalEvent[] {
  const once = new Map(events.map(event => [`${event.n} ${event.at} ${event.type} ${event.node ?? ''}`, event]))
  return [...once.values()].toSorted((a, b) => a.n - b.n || a.at - b.at)
}

function tell(run: string, events: readonly JournalEvent[]): RunStory {
  const first = events.find(({type}) => type === 'run-started')
  const last = events.findLast(({type}) => type === 'run-ended')
  const paused = events.findLast(({type}) => type === 'paused' || type === 'resumed')
  return {
    run,
    ...(first?.outline ? {outline: first.outline} : {}),
    startedAt: events[0]?.at ?? 0,
    lastAt: Math.max(...events.map(({at}) => at)),
    ...(last ? {ended: {at: last.at, result: last.detail ?? 'done', outcomes: last.outcomes ?? {}}} : {}),
    underWay: last ? [] : begunSteps(events),
    ...(last ? {} : begunHook(events)),
    ...(paused?.type === 'paused' && !last ? {paused: {since: paused.at, detail: paused.detail ?? ''}} : {}),
    ...trialOf(events, last !== undefined),
    finished: finishedNodes(events),
    releases: new Map(
      events.flatMap(({node, releases}) => (node !== undefined && releases ? [[node, releases] as const] : [])),
    ),
    swapped: nodesWith(events, ({type, step}) => type === 'step-started' && step === 'activate'),
  }
}

function finishedNodes(events: readonly JournalEvent[]): readonly string[] {
  const failed = nodesWith(events, ({type, step}) => type === 'step-failed' || step === 'revert')
  const back = nodesWith(
    events,
    ({type, step}) => type === 'step-done' && (step === 'undrain' || step === 'leave-drained'),
  )
  return back.filter(node => !failed.includes(node))
}

function begunSteps(events: readonly JournalEvent[]): RunStory['underWay'] {
  const begun = new Map<string, RunStory['underWay'][number]>()
  for (const {type, node, step, at} of events) {
    if (node === undefined || step === undefined) continue
    if (type === 'step-started') begun.set(node, {node, step, since: at})
    if (type === 'step-done' || type === 'step-failed') begun.delete(node)
  }
  return [...begun.values()]
}

function trialOf(events: readonly JournalEvent[], over: boolean): Pick<RunStory, 'trying' | 'tried'> {
  const event = events.findLast(({type}) => type === 'trying' || type === 'tried')
  if (event?.type === 'tried') return {tried: {kept: event.kept ?? false, why: event.detail ?? ''}}
  return event && !over ? {trying: {since: event.at, until: event.until ?? event.at}} : {}
}

function begunHook(events: readonly JournalEvent[]): Pick<RunStory, 'hook'> {
  const last = events.findLast(({hook}) => hook !== undefined)
  if (last?.type !== 'hook-started' || last.hook === undefined) return {}
  const {hook, node, at} = last
  return {hook: {hook, since: at, ...given({node})}}
}

function nodesWith(events: readonly JournalEvent[], matches: (event: JournalEvent) => boolean): readonly string[] {
  return [...new Set(events.flatMap(event => (event.node !== undefined && matches(event) ? [event.node] : [])))]
}
