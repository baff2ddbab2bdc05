import {describe, expect, it} from 'vitest'
import {reportPage} from '../../../../src/lib/report/html/page.ts'
import {aRunReport} from '../../../support/a-run-report.ts'
import {samplesFrom} from '../../../support/a-sample.ts'

const verdicts = (page: string) =>
  [...page.matchAll(/<span class="verdict (\S+)">(.*?)<\/span>/g)].map(([, , words]) => words)
const idsIn = (page: string) => [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)

describe('the page about a run', () => {
  it('says what it came to', () => {
    expect(verdicts(reportPage(aRunReport({result: 'done'})))).toEqual(['done'])
    expect(reportPage(aRunReport())).not.toContain('The way back')
  })

  it.each([
    ['kept', 'done, on trial, and kept'],
    ['undone', 'done, on trial, and undone'],
  ] as const)('says what became of a trial: %s', (trial, words) => {
    expect(verdicts(reportPage(aRunReport({result: 'done', trial})))).toEqual([words])
  })

  it('names the code of the error that it ended with, and how far each node came', () => {
    const nodes = [
      {node: 'gf1', result: 'unfinished'},
      {node: 'gf2', result: 'not-begun'},
    ] as const
    const page = reportPage(aRunReport({result: 'failed', error: 'LOCK_LOST', nodes}))
    expect(verdicts(page)).toEqual(['ended with an error (LOCK_LOST)'])
    expect(page).toContain('<td>gf1</td><td class="word">begun, and not finished</td>')
    expect(page).toContain('<td>gf2</td><td class="word">not begun</td>')
  })

  it('tells of the way back below, with parts of its own', () => {
    const wayBack = aRunReport({run: 'r2', from: '12.1.1', to: '12.1.0', result: 'done'})
    const page = reportPage(aRunReport({result: 'done', trial: 'undone', wayBack}))
    expect(verdicts(page)).toEqual(['done, on trial, and undone', 'done'])
    expect(page).toMatch(/The way back: Grafana 12\.1\.1 → 12\.1\.0.*run r2/s)
    const own = ['figures', 'drawing', 'users', 'nodes']
    expect(idsIn(page)).toEqual([...own, ...own.map(id => `${id}-back`)])
  })

  it('draws a long run to its end', () => {
    const {users} = aRunReport()
    const samples = samplesFrom(1_800_000_000_000, 14_400)
    const page = reportPage(aRunReport(users && {users: {...users, samples}}))
    for (const name of ['p50', 'p99']) {
      const [, points = ''] = new RegExp(`<polyline class="${name}" points="([^"]*)"`).exec(page) ?? []
      expect(points.trim().split(' ')).toHaveLength(240)
      expect(points).toMatch(/^(?:[\d.]+,[\d.]+ )+$/)
    }
  })

  it('says where nobody watched', () => {
    const {users: _, ...unwatched} = aRunReport()
    expect(reportPage(unwatched)).toContain('Nobody watched what users got.')
  })
})
