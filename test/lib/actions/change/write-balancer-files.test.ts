import {describe, expect, it} from 'vitest'
import {writeBalancerFiles} from '../../../../src/lib/actions/change/write-balancer-files.ts'
import {Secret} from '../../../../src/lib/model/secret.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster, anSshTarget} from '../../../support/a-cluster.ts'
import {aHaproxy, anOwnedFile} from '../../../support/a-load-balancer.ts'
import {aLock} from '../../../support/a-lock.ts'
import {FakeHost, FakeHosts, unreachable} from '../../../support/fake-ports.ts'

const FILE = '/etc/haproxy/haproxy.cfg'
const NO_GOOD = 'the balancer does not accept the new file: unknown keyword'
const ANSWERS = {takes: '', refuses: `failed\0${NO_GOOD}\0`, isBusy: 'busy\0guard\0', isDead: ''} as const

/** What comes of the file on two hosts, and which of them were asked to take it. */
async function written(lb1: keyof typeof ANSWERS, lb2: keyof typeof ANSWERS, lock = aLock()) {
  const said: string[] = []
  const hosts = Object.entries({lb1, lb2}).map(([name, how]) => new FakeHost(name, {run: () => ANSWERS[how]}))
  const loadBalancer = aHaproxy({
    hosts: hosts.map(({name}) => ({name, ssh: anSshTarget()})),
    file: anOwnedFile({path: FILE, bind: '*:80'}),
  })
  const dead = lb2 === 'isDead' ? {lb2: unreachable('lb2')} : {}
  const reached = Object.fromEntries(hosts.map(host => [host.name, host]))
  const ports = {hosts: new FakeHosts({...reached, ...dead})} as unknown as Ports
  const error: unknown = await writeBalancerFiles(aCluster({loadBalancer}), ports, {
    lock,
    plans: hosts.map(({name}) => ({balancer: name, path: FILE, change: 'update'})),
    files: [{path: FILE, access: 'public', content: new Secret('new'), redacted: 'new', restart: false}],
    say: text => said.push(text),
  }).catch(failure => failure)
  return {said, error, asked: hosts.flatMap(({name, ran}) => ran.map(script => `${name}: ${script.name}`))}
}

describe('a file of two balancer hosts', () => {
  it('is loaded by one after the other', async () => {
    expect(await written('takes', 'takes')).toEqual({
      error: undefined,
      asked: ['lb1: write the balancer file', 'lb2: write the balancer file'],
      said: [`lb1: ${FILE} is loaded`, `lb2: ${FILE} is loaded`],
    })
  })

  it('never reaches the second where the first refuses it, and nothing was changed', async () => {
    const {said, error, asked} = await written('refuses', 'takes')
    expect({said, asked}).toEqual({said: [], asked: ['lb1: write the balancer file']})
    expect(error).toMatchObject({
      code: 'BALANCER_FILE_FAILED',
      exit: 'reverted',
      node: 'lb1',
      message: expect.stringContaining(NO_GOOD),
      unchanged: 'It goes on with the file it had. No Grafana was touched.',
    })
  })

  it('that only the second refuses leaves them different, and says so', async () => {
    const {said, error} = await written('takes', 'refuses')
    expect(said).toEqual([`lb1: ${FILE} is loaded`])
    expect(error).toMatchObject({
      code: 'BALANCER_FILE_FAILED',
      exit: 'partial',
      node: 'lb2',
      unchanged: 'It goes on with the file it had; lb1 has loaded the new one. No Grafana was touched.',
    })
  })

  it('goes no further once another run has the lock', async () => {
    const lost = aLock({lost: () => 'another run took the lock over on gf1'})
    const {error, asked} = await written('takes', 'takes', lost)
    expect(asked).toEqual([])
    expect(error).toMatchObject({code: 'LOCK_LOST', exit: 'locked', node: 'lb1'})
    let looks = 0
    const lostLater = aLock({lost: () => (++looks > 1 ? 'another run took the lock over on gf1' : undefined)})
    const later = await written('takes', 'takes', lostLater)
    expect(later.asked).toEqual(['lb1: write the balancer file'])
    expect(later.error).toMatchObject({code: 'LOCK_LOST', exit: 'partial', node: 'lb2'})
  })

  it('is half loaded where the second is busy or dead: no code may say that nothing was changed', async () => {
    const busy = {code: 'HOST_BUSY', exit: 'partial', cause: {exit: 'locked'}}
    expect((await written('takes', 'isBusy')).error).toMatchObject(busy)
    const dead = {code: 'HOST_UNREACHABLE', exit: 'partial', cause: {exit: 'preflight'}}
    expect((await written('takes', 'isDead')).error).toMatchObject(dead)
    expect((await written('isBusy', 'takes')).error).toMatchObject({code: 'HOST_BUSY', exit: 'locked'})
  })
})
