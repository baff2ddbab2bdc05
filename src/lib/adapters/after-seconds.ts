/** Node does at once what lies further ahead than it can count. */
const LONGEST_MILLISECONDS = 2 ** 31 - 1

/** A timer that may be asked for any time; what is further than 24 days counts as that. */
export function afterSeconds(seconds: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, Math.min(seconds * 1000, LONGEST_MILLISECONDS))
}
