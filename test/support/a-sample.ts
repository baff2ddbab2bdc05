import type {Lost, Sample} from '../../src/lib/probe/sample.ts'

/** One answered request. */
export function aSample(at: number, given: Partial<Sample> = {}): Sample {
  return {at, milliseconds: 10, question: 'session', ...given}
}

export function aLostSample(at: number, lost: Lost = 'server error'): Sample {
  return aSample(at, {lost})
}

/** So many, one after the other. */
export function samplesFrom(at: number, count: number, given: Partial<Sample> = {}): readonly Sample[] {
  return Array.from({length: count}, (_, index) => aSample(at + index * 250, given))
}
