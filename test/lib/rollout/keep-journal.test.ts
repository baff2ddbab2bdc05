import {describe, expect, it} from 'vitest'
import type {JournalEvent} from '../../../src/lib/ports/journal.ts'
import {keepJournal} from '../../../src/lib/rollout/keep-journal.ts'
import {Mail} from '../../../src/lib/rollout/mail.ts'
import {FakeClock, FakeHost} from '../../support/fake-ports.ts'

const SCRIPT = {name: 'try', text: 'true', mutates: true, deadlineSeconds: 1, parse: () => undefined}
const FULL = Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC', syscall: 'write'})

/** A run's journal on a disk that refuses those events. */
function journalOn(refuses: (event: JournalEvent) => boolean) {
  const written: string[] = []
  const said: string[] = []
  const mail = new Mail('r1')
  const file = {
    path: '/work-on/.gha/prod/runs/r1.jsonl',
    async write(event: JournalEvent) {
      if (refuses(event)) throw FULL
      written.push(event.type)
    },
  }
  const journal = keepJournal({run: 'r1', file, mail, clock: new FakeClock(), say: text => said.push(text)})
  return {journal, mail, written, said}
}

describe('a journal that the disk does not take', () => {
  it('stops nothing: it is said once, with the file and the reason, and the nodes get every line', async () => {
    const {journal, mail, written, said} = journalOn(() => true)
    await journal.append({type: 'step-done', node: 'gf1', step: 'activate'})
    await journal.append({type: 'run-ended', detail: 'done', outcomes: {}})
    expect(written).toEqual([])
    expect(said).toEqual([
      'The journal /work-on/.gha/prod/runs/r1.jsonl cannot be written: ENOSPC: no space left on device, write. The run goes on; its nodes keep one.',
    ])
    const host = new FakeHost('gf1', {run: () => 'noted\0yes\0'})
    await mail.through(host, 'gf1', SCRIPT)
    const [carried] = host.ran
    expect(carried?.text).toContain('"type":"step-done"')
    expect(carried?.text).toContain('"type":"run-ended"')
  })

  it('goes on where there is room again', async () => {
    const {journal, written, said} = journalOn(({n}) => n === 1)
    await journal.append({type: 'run-started'})
    await journal.append({type: 'run-ended', detail: 'done', outcomes: {}})
    expect(written).toEqual(['run-ended'])
    expect(said).toHaveLength(1)
  })
})
