/**
 * What is asked: reads that every Grafana answers. Without a session the page to log in stands for what users see,
 * without a dashboard the search for one.
 */
export type Question = 'health' | 'session' | 'dashboard' | 'search' | 'login page'

/** Why a user would have noticed. */
export type Lost = 'no connection' | 'slow' | 'cut off' | 'server error' | 'sent to login' | 'not Grafana'

/** One request, as whoever asked for it saw it. */
export interface Sample {
  /** Milliseconds since 1970 on the controller, when it was asked. */
  readonly at: number
  readonly milliseconds: number
  readonly question: Question
  readonly lost?: Lost
}

/** How long each took that was answered. */
export function answeredIn(samples: readonly Sample[]): readonly number[] {
  return samples.filter(({lost}) => lost === undefined).map(({milliseconds}) => milliseconds)
}
