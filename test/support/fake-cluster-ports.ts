import {PassThrough} from 'node:stream'
import type {Host} from '../../src/lib/ports/host.ts'
import {DialError} from '../../src/lib/ports/host.ts'
import type {Ports} from '../../src/lib/ports/ports.ts'
import {aDatabaseAnswer} from './an-observation.ts'
import {FakeBalancer, FakeCaches, FakeClock, FakeDatabases, FakeHosts, FakeHttp} from './fake-ports.ts'
import {LocalHost} from './local-host.ts'

/** This machine, from which every dialled stream opens at once. */
export class DiallingHost extends LocalHost {
  override async dial(): Promise<PassThrough> {
    return new PassThrough()
  }
}

/**
 * Ports for looking at a cluster: scripts run here, the database answers, nothing listens for HTTP.
 * A port that looking does not need fails the test when touched.
 */
export function lookingPorts(hosts: Readonly<Record<string, Host | Error>>, answers: Partial<Ports> = {}): Ports {
  const looking = {
    hosts: new FakeHosts(hosts),
    http: new FakeHttp(() => {
      throw new DialError('refused', 'connection refused')
    }),
    databases: new FakeDatabases(() => aDatabaseAnswer()),
    caches: new FakeCaches(),
    clock: new FakeClock(Date.now()),
    balancer: () => new FakeBalancer([]),
    ...answers,
  }
  return new Proxy(looking as unknown as Ports, {
    get(ports, name) {
      if (typeof name === 'string' && !(name in ports)) throw new Error(`unexpected use of the port ${name}`)
      return Reflect.get(ports, name)
    },
  })
}
