import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {carry, type Notes} from '../../../src/lib/host/carry.ts'
import {fenced} from '../../../src/lib/host/fence.ts'
import {renewLease} from '../../../src/lib/host/lease.ts'
import {LocalHost} from '../../support/local-host.ts'

const host = new LocalHost()
const lease = {run: '20261120T100000-aaaa', generation: 5}
const NOTES: Notes = {run: lease.run, lines: [`{"n":1,"detail":"it's $HOME"}`, '{"n":2}'], first: true}

let state: string
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'gha-carry-'))
})
afterEach(() => rmSync(state, {recursive: true}))

const script = (body = 'record did it', generation = 5) =>
  fenced({
    name: 'try',
    state,
    lease: {...lease, generation},
    body,
    deadlineSeconds: 10,
    parse: records => records.get('did')?.[0],
  })
const journal = () => readFileSync(path.join(state, 'runs', `${lease.run}.jsonl`), 'utf8')

describe('what a script carries to its node', () => {
  it('is written as it is, and the script does its own work', async () => {
    expect(await host.run(carry(script(), NOTES))).toEqual({value: 'it', noted: true})
    expect(journal()).toBe(`${NOTES.lines.join('\n')}\n`)
  })

  it('stands on lines of its own, though a full disk has cut the one before', async () => {
    mkdirSync(path.join(state, 'runs'))
    writeFileSync(path.join(state, 'runs', `${lease.run}.jsonl`), '{"n":0}\n{"n":1,"deta')
    await host.run(carry(script(), NOTES))
    await host.run(carry(script(), {...NOTES, lines: ['{"n":3}']}))
    expect(journal()).toBe(`{"n":0}\n{"n":1,"deta\n${NOTES.lines.join('\n')}\n{"n":3}\n`)
  })

  it('is refused where a newer run was, as the script is', async () => {
    writeFileSync(path.join(state, 'generation'), '9\n')
    await expect(host.run(carry(script(), NOTES))).rejects.toMatchObject({code: 'FENCED'})
    expect(readdirSync(state)).not.toContain('runs')
  })

  it('goes with a sign of life, and only from the holder of the lock', async () => {
    writeFileSync(path.join(state, 'lock'), 'run=another\n')
    expect(await host.run(carry(renewLease(state, lease), NOTES))).toEqual({value: false, noted: false})
    writeFileSync(path.join(state, 'lock'), `run=${lease.run}\n`)
    expect(await host.run(carry(renewLease(state, lease), NOTES))).toEqual({value: true, noted: true})
    expect(journal()).toContain('{"n":2}')
  })

  it('never fails the script, and is not said to be there when it is not', async () => {
    writeFileSync(path.join(state, 'runs'), 'a file where a folder belongs')
    expect(await host.run(carry(script(), NOTES))).toEqual({value: 'it', noted: false})
  })

  it('brings back what an operator asks of the run', async () => {
    writeFileSync(path.join(state, 'request'), 'run=r\nwish=pause\n')
    expect(await host.run(carry(script(), {...NOTES, lines: []}))).toMatchObject({request: 'run=r\nwish=pause'})
  })

  it('makes room for itself: the newest twenty runs stay', async () => {
    mkdirSync(path.join(state, 'runs'))
    for (let day = 1; day <= 28; day++) {
      writeFileSync(path.join(state, 'runs', `202611${String(day).padStart(2, '0')}T000000-aaaa.jsonl`), '')
    }
    writeFileSync(path.join(state, 'journal'), 'line\n'.repeat(5000))
    await host.run(carry(script(), NOTES))
    const names = readdirSync(path.join(state, 'runs')).toSorted()
    expect(names).toHaveLength(20)
    expect(names[0]).toBe('20261110T000000-aaaa.jsonl')
    expect(readFileSync(path.join(state, 'journal'), 'utf8').split('\n').length).toBe(2001)
  })
})
