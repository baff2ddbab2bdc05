/** A value's place on paper. */
export interface Scale {
  readonly at: (value: number) => number
  /** Values to name beside it: few and round. */
  readonly ticks: readonly number[]
}

export interface Range {
  readonly from: number
  readonly to: number
}

const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400].map(seconds => seconds * 1000)

/** Ticks count from the beginning. */
export function timeScale(time: Range, paper: Range, most: number): Scale {
  const span = Math.max(1, time.to - time.from)
  const step = TIME_STEPS.find(candidate => span / candidate <= most) ?? span
  const ticks = Array.from({length: Math.floor(span / step) + 1}, (_, index) => time.from + index * step)
  return {at: value => place(value - time.from, span, paper), ticks}
}

/** From zero to a round number above the largest. */
export function heightScale(largest: number, paper: Range): Scale {
  const rough = Math.max(1, largest) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find(times => times * power >= rough) ?? 10) * power
  const top = Math.ceil(Math.max(1, largest) / step) * step
  const ticks = Array.from({length: Math.round(top / step) + 1}, (_, index) => index * step)
  return {at: value => place(value, top, paper), ticks}
}

function place(value: number, span: number, {from, to}: Range): number {
  return Math.round((from + (value / span) * (to - from)) * 10) / 10
}
