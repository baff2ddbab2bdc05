import {formatRequest, type RunRequest} from '../../src/lib/model/run-request.ts'
import type {Mail} from '../../src/lib/rollout/mail.ts'
import {FakeHost} from './fake-ports.ts'

/** A sign of life of the run, with which it finds that request on a node. */
export async function wishHeard(mail: Mail, request: Pick<RunRequest, 'wish' | 'number' | 'reason'>): Promise<void> {
  const text = formatRequest({run: 'r1', by: 'bob@lap', at: 0, ...request})
  await mail.through(new FakeHost('gf1', {run: () => `request\0${text}\0`}), 'gf1', {
    name: 'x',
    text: '',
    mutates: true,
    deadlineSeconds: 1,
    parse: () => undefined,
  })
}
