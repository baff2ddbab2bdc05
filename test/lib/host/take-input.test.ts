import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {writeBalancerFile} from '../../../src/lib/host/balancer-file.ts'
import {writeDrain} from '../../../src/lib/host/drain-record.ts'
import {acquireLease} from '../../../src/lib/host/lease.ts'
import {layRequest} from '../../../src/lib/host/run-state.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import type {Script} from '../../../src/lib/model/script.ts'
import {LocalHost} from '../../support/local-host.ts'

const lease = {run: 'r1', generation: 1}
const holder = {...lease, owner: 'ann', hostname: 'desk', pid: 1, bootId: 'b', reason: 'gha apply', since: 1}
/** Holds the lock for `r1`, but for nobody who renews it. */
const BEFORE = 'run=r1\n'

let state: string
beforeEach(() => {
  state = path.join(mkdtempSync(path.join(tmpdir(), 'gha-take-input-')), 'state')
  mkdirSync(state)
})
afterEach(() => rmSync(path.dirname(state), {recursive: true}))

const SCRIPTS: Readonly<Record<string, () => Script<unknown>>> = {
  lock: () => acquireLease(state, {lease, holder}),
  drained: () => writeDrain({state, lease}, {by: 'ann@desk', reason: 'disks', forSeconds: 60}),
  request: () => layRequest(state, {run: 'r1', wish: 'pause', number: 1, by: 'ann@desk', reason: 'lunch', at: 1}),
  'haproxy.cfg': () =>
    writeBalancerFile({
      state,
      lease,
      path: path.join(state, 'haproxy.cfg'),
      content: 'one\ntwo\n',
      seen: sha256(BEFORE),
      validate: ['true'],
      reload: ['true'],
    }),
}

it.each(Object.entries(SCRIPTS))(
  'what a cut connection left out of %s leaves the file as it was',
  async (file, make) => {
    for (const each of ['lock', file]) writeFileSync(path.join(state, each), BEFORE)
    const script = make()
    const whole = script.input as Uint8Array
    const now = () => readFileSync(path.join(state, file), 'utf8')
    const host = new LocalHost()
    for (const bytes of [0, Math.floor(whole.length / 2), whole.length - 1]) {
      await host.run({...script, input: whole.subarray(0, bytes)}).catch(() => undefined)
      expect(now()).toBe(BEFORE)
    }
    await host.run(script)
    expect(now()).toBe(Buffer.from(whole).toString())
  },
)
