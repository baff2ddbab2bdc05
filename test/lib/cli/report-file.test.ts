import {expect, it} from 'vitest'
import {refuseReport} from '../../../src/lib/cli/report-file.ts'
import {reportPage} from '../../../src/lib/report/html/page.ts'
import {aRunReport} from '../../support/a-run-report.ts'
import {MemoryFiles} from '../../support/local-fakes.ts'

const files = new MemoryFiles({
  '/srv/gha.yaml': 'kind: Cluster\n',
  '/srv/earlier.html': reportPage(aRunReport()),
  '/srv/made-room': '',
})

it.each([
  ['another file', '/srv/gha.yaml'],
  ['a folder', '/srv'],
])('a report does not take the place of %s, and that is said before anything begins', async (_what, report) => {
  await expect(refuseReport(report, {files})).rejects.toMatchObject({code: 'FILE', exit: 'usage'})
})

it.each([
  ['nothing', '/srv/new/run.html'],
  ['an earlier one', '/srv/earlier.html'],
  ['an empty file', '/srv/made-room'],
  ['none that was asked for', undefined],
])('a report may take the place of %s', async (_what, report) => {
  await expect(refuseReport(report, {files})).resolves.toBeUndefined()
})
