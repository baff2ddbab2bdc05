const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25]

interface Series {
  readonly labels: string
  readonly buckets: number[]
  count: number
  sum: number
}

/** Counts what /metrics tells of requests and encryption. */
export class Telemetry {
  readonly startedAt = Date.now()
  inFlight = 0
  readonly encryption = {encrypt: 0, decrypt: 0}
  private readonly series = new Map<string, Series>()

  request(labels: {handler: string; method: string; status: number}, durationSeconds: number): void {
    const text = `handler="${labels.handler}",method="${labels.method}",status_code="${labels.status}"`
    const series = this.series.get(text) ?? {labels: text, buckets: BUCKETS.map(() => 0), count: 0, sum: 0}
    this.series.set(text, series)
    series.count++
    series.sum += durationSeconds
    for (const [index, bound] of BUCKETS.entries())
      if (durationSeconds <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1
  }

  requestLines(): string[] {
    const name = 'grafana_http_request_duration_seconds'
    return [
      `# TYPE ${name} histogram`,
      ...[...this.series.values()].flatMap(({labels, buckets, count, sum}) => [
        ...BUCKETS.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${buckets[index]}`),
        `${name}_bucket{${labels},le="+Inf"} ${count}`,
        `${name}_sum{${labels}} ${sum}`,
        `${name}_count{${labels}} ${count}`,
      ]),
    ]
  }
}
