import type {Script} from '../../src/lib/model/script.ts'
import type {Host} from '../../src/lib/ports/host.ts'
import {FakeHost, FakeHosts} from './fake-ports.ts'
import type {RolloutWorld} from './rollout-world.ts'

/** Hosts of a balancer, each noted in that world's scripts; what is told to several at once is one round trip. */
export function worldHosts(
  world: RolloutWorld,
  names: readonly string[],
  answer: (host: string, script: Script<unknown>) => string,
): FakeHosts {
  let underWay = 0
  const note = (words: string) => {
    if (underWay > 0) world.ran.push(`${world.ran.pop()}, ${words}`)
    else world.ran.push(words)
  }
  const hostNamed = (name: string): Host => {
    const host = new FakeHost(name, {run: script => answer(name, script)})
    return {
      name,
      transport: host.transport,
      dial: destination => host.dial(destination),
      close: () => host.close(),
      run: async script => {
        note(`${name} ${script.name}`)
        underWay++
        await new Promise(setImmediate)
        underWay--
        return host.run(script)
      },
    }
  }
  return new FakeHosts(Object.fromEntries(names.map(name => [name, hostNamed(name)])))
}
