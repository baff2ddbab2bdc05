import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {codeOf, reportedNode, wholeReport} from '../../../src/lib/report/run-report.ts'
import {aRunReport} from '../../support/a-run-report.ts'

const LOST = new GhaError('words of another program', {code: 'LOCK_LOST', exit: 'locked', hint: 'Look.'})

describe('what is reported of a command', () => {
  const [first, back] = [aRunReport({run: 'r1'}), aRunReport({run: 'r2'})]

  it('is nothing where no run began, with an error too', () => {
    expect(wholeReport([])).toBeUndefined()
    expect(wholeReport([], LOST)).toBeUndefined()
  })

  it('is its run, and the way back from it', () => {
    expect(wholeReport([first])).toEqual(first)
    expect(wholeReport([first, back])).toEqual({...first, wayBack: back})
  })

  it('names what it ended with by its code, over what the run itself came to', () => {
    expect(wholeReport([first, back], LOST)).toEqual({...first, wayBack: back, error: 'LOCK_LOST'})
    expect(wholeReport([{...first, error: 'BUG'}], LOST)?.error).toBe('LOCK_LOST')
  })
})

describe('what is reported of a node', () => {
  it('is how it ended, without the words of its error', () => {
    expect(reportedNode({node: 'gf1', result: 'done', milliseconds: 7})).toEqual({node: 'gf1', result: 'done'})
    const aftermath = {state: 'held-out', reason: 'words'} as const
    expect(reportedNode({node: 'gf1', result: 'failed', step: 'gate', error: LOST, aftermath})).toEqual({
      ...{node: 'gf1', result: 'failed', step: 'gate', code: 'LOCK_LOST', aftermath: 'held-out'},
    })
  })

  it('names a bug as one', () => {
    expect(codeOf(new TypeError('secret'))).toBe('BUG')
  })
})
