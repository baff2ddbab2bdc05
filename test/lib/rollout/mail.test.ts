import {describe, expect, it} from 'vitest'
import {formatRequest, type RunRequest} from '../../../src/lib/model/run-request.ts'
import type {Script} from '../../../src/lib/model/script.ts'
import {Mail} from '../../../src/lib/rollout/mail.ts'
import {FakeHost} from '../../support/fake-ports.ts'

const SCRIPT: Script<string> = {
  name: 'try',
  text: 'true',
  mutates: true,
  deadlineSeconds: 1,
  parse: () => 'its own answer',
}
const asked = (wish: RunRequest['wish'], number: number, run = 'r1') =>
  formatRequest({run, wish, number, by: 'ann@desk', reason: '', at: 0})
const linesIn = ({text}: Script<unknown>) => [...text.matchAll(/'\{"n":(\d)\}'/g)].map(([, n]) => n).join('')

/** A host that answers to each script in turn. */
function hostOf(name: string, ...answers: (string | Error)[]): FakeHost {
  return new FakeHost(name, {run: () => answers.shift() ?? ''})
}

describe('the mail of a run', () => {
  it('brings each line to every node once', async () => {
    const mail = new Mail('r1')
    const gf1 = hostOf('gf1', 'noted\0yes\0', 'noted\0yes\0', '')
    const gf2 = hostOf('gf2', 'noted\0yes\0')
    mail.post('{"n":1}')
    expect(await mail.through(gf1, 'gf1', SCRIPT)).toBe('its own answer')
    mail.post('{"n":2}')
    await mail.through(gf1, 'gf1', SCRIPT)
    await mail.through(gf1, 'gf1', SCRIPT)
    await mail.through(gf2, 'gf2', SCRIPT)
    expect(gf1.ran.map(linesIn)).toEqual(['1', '2', ''])
    expect(gf2.ran.map(linesIn)).toEqual(['12'])
  })

  it('brings a line again when nobody knows whether it arrived', async () => {
    const mail = new Mail('r1')
    const host = hostOf('gf1', new Error('cut'), 'noted\0yes\0')
    mail.post('{"n":1}')
    await expect(mail.through(host, 'gf1', SCRIPT)).rejects.toThrow('cut')
    await mail.through(host, 'gf1', SCRIPT)
    expect(host.ran.map(linesIn)).toEqual(['1', '1'])
  })

  it('goes by the newest request of its own run, whichever node tells it', async () => {
    const mail = new Mail('r1')
    const answers = [asked('pause', 2), asked('stop', 9, 'another'), asked('go', 1)]
    for (const [place, answer] of answers.entries())
      await mail.through(hostOf(`gf${place}`, `request\0${answer}\0`), `gf${place}`, SCRIPT)
    expect(mail.heard).toMatchObject({wish: 'pause', number: 2})
  })
})
