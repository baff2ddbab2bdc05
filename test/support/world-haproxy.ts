import {HaproxyBalancer} from '../../src/lib/adapters/haproxy.ts'
import type {Script} from '../../src/lib/model/script.ts'
import {aHaproxy} from './a-load-balancer.ts'
import {FakeHost, FakeHosts} from './fake-ports.ts'
import type {RolloutWorld} from './rollout-world.ts'

const BACKEND = 'grafana'
const STATES = {ready: 'in', drain: 'drain', maint: 'out'} as const
/** As HAProxy writes it down. */
const FLAGS = {in: 0, down: 0, drain: 8, out: 1}

/** gha's own HAProxy adapter on one host of that world. */
export function worldHaproxy(world: RolloutWorld): HaproxyBalancer {
  const host = new FakeHost('lb1', {run: script => ran(world, script)})
  return new HaproxyBalancer(new FakeHosts({lb1: host}), aHaproxy({backends: [BACKEND]}))
}

function ran(world: RolloutWorld, {name, text}: Script<unknown>): string {
  world.ran.push(`lb1 ${name}`)
  for (const [, server = '', wish = ''] of text.matchAll(/set server \w+\/(\w+) state (\w+)/g))
    world.machine(server).server = STATES[wish as keyof typeof STATES]
  return `state\0${stateOf(world)}\0stat\0${statOf(world)}\0`
}

function stateOf({machines}: RolloutWorld): string {
  const rows = [...machines].map(([name, {server}]) => `${BACKEND} ${name} 10.0.0.1 3000 ${FLAGS[server]} 1`)
  return ['1', '# be_name srv_name srv_addr srv_port srv_admin_state srv_uweight', ...rows].join('\n')
}

function statOf({machines}: RolloutWorld): string {
  const rows = [...machines].map(([name, {server}]) => `${BACKEND},${name},${server === 'in' ? 'UP' : 'MAINT'},0`)
  return ['# pxname,svname,status,scur', ...rows].join('\n')
}
