/** For people: `2026-11-20 23:15:00 UTC`. */
export function timeOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** For machines. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
