/** When he acts, in milliseconds, where he is armed and does not wait. */
type Time = 'none' | 'waits' | number

/** The dead man of one node, as its scripts tell him: they count by their names, and by the times in them. */
export class WorldDeadMan {
  #time: Time = 'none'
  #begun = false

  /** Empty where nobody is armed. */
  get words(): '' | 'armed' | 'armed, waits' {
    if (this.#time === 'none') return ''
    return this.#time === 'waits' ? 'armed, waits' : 'armed'
  }

  heed(script: string, text: string, now: number): void {
    if (script === 'rearm' && this.#time === 'none') throw new Error('nothing is armed')
    if (script === 'arm' || script === 'activate') this.#begun = script === 'activate'
    this.#time = this.#after(script, text, now)
  }

  #after(script: string, text: string, now: number): Time {
    switch (script) {
      case 'arm':
        return text.includes('GHA_REVERT') ? deadlineIn(text, now) : 'none'
      case 'activate':
        return /^before_start\(\) \{ \{/m.test(text) ? this.#told('waits') : this.#extended(text, now)
      case 'rearm':
        return DEADLINE.test(text) ? this.#extended(text, now) : 'none'
      case 'give it more time':
        return this.#extended(text, now)
      case 'let the dead man wait':
        return this.#told('waits')
      case 'let the dead man count':
        return this.#told(deadlineIn(text, now))
      case 'disarm':
      case 'revert':
        return 'none'
      default:
        return this.#time
    }
  }

  /** Whether he puts the old release back: his time is over, and a swap has begun. */
  acts(now: number): boolean {
    if (typeof this.#time !== 'number' || now < this.#time) return false
    this.#time = 'none'
    return this.#begun
  }

  #told(time: Time): Time {
    return this.#time === 'none' ? 'none' : time
  }

  #extended(text: string, now: number): Time {
    return typeof this.#time === 'number' ? deadlineIn(text, now) : this.#time
  }
}

/** As the scripts write it: so many seconds from now. */
const DEADLINE = /\$\(\( \$\(cut -d\. -f1 \/proc\/uptime\) \+ (\d+) \)\)/

function deadlineIn(text: string, now: number): number {
  const seconds = DEADLINE.exec(text)?.[1]
  if (seconds === undefined) throw new Error('a dead man without a deadline')
  return now + Number(seconds) * 1000
}
