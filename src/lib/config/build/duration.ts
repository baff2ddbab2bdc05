export function secondsOf(duration: string): number {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? []
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
}

/** `250ms` or `2s`. */
export function millisecondsOf(duration: string): number {
  return duration.endsWith('ms') ? Number(duration.slice(0, -2)) : secondsOf(duration) * 1000
}
