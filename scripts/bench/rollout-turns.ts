/** One node's turn, in seconds. */
export interface Turn {
  readonly seconds: number
  /** Step → its own time. */
  readonly steps: Readonly<Record<string, number>>
  /** From the restart until Grafana answered, seen on the node. */
  readonly restart?: number
}

interface Event {
  readonly type: string
  readonly node?: string
  readonly step?: string
  readonly at: number
  readonly restart?: number
}

/** Turns in the events of one run, one JSON object a line: those of gha's journal, or of the loop. */
export function turnsOf(journal: string): readonly Turn[] {
  const events = journal.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as Event] : []))
  const nodes = new Set(events.flatMap(({node, step}) => (node && step ? [node] : [])))
  return [...nodes].map(node => turnOf(events.filter(event => event.node === node && event.type.startsWith('step-'))))
}

function turnOf(events: readonly Event[]): Turn {
  const began = new Map(events.flatMap(({type, step = '', at}) => (type === 'step-started' ? [[step, at]] : [])))
  const ends = events.filter(({type}) => type === 'step-done')
  const restart = events.find(event => event.restart !== undefined)?.restart
  return {
    seconds: ((ends.at(-1)?.at ?? 0) - (events[0]?.at ?? 0)) / 1000,
    steps: Object.fromEntries(ends.map(({step = '', at}) => [step, (at - (began.get(step) ?? at)) / 1000])),
    ...(restart === undefined ? {} : {restart: restart / 1000}),
  }
}
