/** The value that this share of all values does not exceed (nearest rank); undefined where there is none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(share * values.length))
  return values.toSorted((a, b) => a - b)[rank - 1]
}
