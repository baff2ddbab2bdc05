import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {reportPage} from '../../src/lib/report/html/page.ts'
import type {RunReport} from '../../src/lib/report/run-report.ts'
import {aRunReport} from '../support/a-run-report.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'gha-report-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** The page as a real browser has it, and what the browser complained about. */
function browsed(report: RunReport) {
  const page = path.join(folder, 'report.html')
  writeFileSync(page, reportPage(report))
  const words = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--enable-logging=stderr',
    `--user-data-dir=${folder}/profile`,
  ]
  const {stdout, stderr} = spawnSync('chromium', [...words, '--dump-dom', `file://${page}`], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  return {dom: stdout, complaints: stderr.split('\n').filter(line => line.includes('CONSOLE'))}
}

const cellsOf = (dom: string, id: string) =>
  [...(new RegExp(`<table id="${id}">.*?</table>`, 's').exec(dom)?.[0] ?? '').matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(
    ([, text]) => text,
  )

describe('the page about a run, in a real browser', () => {
  it('is shown without a complaint, with the numbers it was given', () => {
    const {dom, complaints} = browsed(aRunReport())
    expect(complaints).toEqual([])
    expect(dom.match(/<dd>.*?<\/dd>/g)).toEqual(['<dd>97.82 %</dd>', '<dd>184</dd>', '<dd>4</dd>', '<dd>4.0 s</dd>'])
    expect(cellsOf(dom, 'users')).toEqual([
      ...['before', '20', '0', '10 ms', '10 ms'],
      ...['during', '148', '4', '10 ms', '42 ms'],
      ...['after', '16', '0', '42 ms', '42 ms'],
    ])
    expect(cellsOf(dom, 'nodes')).toEqual([
      ...['gf1', 'done', '15.0 s'],
      ...['gf2', 'failed at soak (PROBE_BUDGET_SPENT); it is as it was before', '25.0 s'],
    ])
    expect(dom.match(/<rect class="bar /g)).toHaveLength(7)
  })

  it('shows the way back below, without a complaint', () => {
    const wayBack = aRunReport({run: 'r2', from: '12.1.1', to: '12.1.0'})
    const {dom, complaints} = browsed(aRunReport({result: 'done', trial: 'undone', wayBack}))
    expect(complaints).toEqual([])
    expect(cellsOf(dom, 'nodes-back')).toEqual(cellsOf(dom, 'nodes'))
    expect(dom.match(/<rect class="bar /g)).toHaveLength(14)
  })

  it('shows markup in a name as text', () => {
    const evil = `"><script>console.error('in')</script>`
    const {dom, complaints} = browsed(aRunReport({cluster: evil, nodes: [{node: evil, result: 'done'}]}))
    expect(complaints).toEqual([])
    expect(dom).not.toContain('<script')
  })
})
