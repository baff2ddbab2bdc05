/** When a line of a log was written: the seconds at its beginning, as a journal is asked for them; else a time as Grafana and docker write it. */
export function timeOf(line: string): number | undefined {
  const seconds = /^(\d{9,11}(?:\.\d+)?) /.exec(line)?.[1]
  if (seconds !== undefined) return Number(seconds)
  const text = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)/.exec(line)?.[0]
  const at = text === undefined ? Number.NaN : Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) / 1000
  return Number.isFinite(at) ? at : undefined
}
