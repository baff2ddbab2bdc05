import {expect, it} from 'vitest'
import {refuseReport, writeReport} from '../../../src/lib/cli/report-file.ts'
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

it.each([
  ['a read-only file system', 'EROFS', 'its file system is read-only'],
  ['no right', 'EACCES', 'no right to read or write it'],
])('a report that meets %s is refused before anything begins', async (_what, code, words) => {
  const rehearse = () => Promise.reject(fileError(code, '/srv/run.html'))
  await expect(refuseReport('/srv/run.html', {files: Object.assign(new MemoryFiles(), {rehearse})})).rejects.toThrow(
    expect.objectContaining({
      code: 'FILE',
      message: `/srv/run.html: ${words}`,
      unchanged: 'Nothing was changed.',
    }),
  )
})

it('a report that cannot be written in the end is said, and the run is what it was', async () => {
  const said: string[] = []
  const write = () => Promise.reject(fileError('ENOSPC', '/srv/run.html'))
  const ui = {say: (text: string) => said.push(text)}
  await writeReport('/srv/run.html', {files: Object.assign(new MemoryFiles(), {write}), ui}, aRunReport())
  expect(said).toEqual(['The report /srv/run.html cannot be written: ENOSPC'])
})

function fileError(code: string, place: string): Error {
  return Object.assign(new Error(code), {code, syscall: 'open', path: place})
}
