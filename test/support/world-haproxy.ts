import {HaproxyBalancer} from '../../src/lib/adapters/haproxy.ts'
import type {Script} from '../../src/lib/model/script.ts'
import {aHaproxy} from './a-load-balancer.ts'
import type {RolloutWorld} from './rollout-world.ts'
import {worldHosts} from './world-hosts.ts'

const BACKEND = 'grafana'
const STATES = {ready: 'in', drain: 'drain', maint: 'out'} as const
/** As HAProxy writes it down. */
const FLAGS = {in: 0, down: 0, drain: 8, out: 1}

/** gha's own HAProxy adapter on hosts of that world. */
export function worldHaproxy(world: RolloutWorld, names: readonly string[] = ['lb1']): HaproxyBalancer {
  const [{ssh} = {}] = aHaproxy().hosts
  const hosts = names.flatMap(name => (ssh ? [{name, ssh}] : []))
  return new HaproxyBalancer(
    worldHosts(world, names, (_host, script) => ran(world, script)),
    aHaproxy({hosts, backends: [BACKEND]}),
    world.clock,
  )
}

function ran(world: RolloutWorld, {text}: Script<unknown>): string {
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
