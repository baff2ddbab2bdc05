import {describe, expect, it} from 'vitest'
import {readServers, viewsOf} from '../../../../src/lib/adapters/haproxy/servers.ts'

const STATE_HEADER =
  '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'
const STAT_HEADER =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,'

interface Line {
  readonly backend: string
  readonly flags: number
  readonly status: string
  readonly sessions?: number
  readonly address?: string
  readonly weight?: number
}

function views(...lines: readonly Line[]) {
  const state = lines.map(
    ({backend, flags, address = '10.0.0.11', weight = 1}) =>
      `3 ${backend} 1 gf1 ${address} 2 ${flags} ${weight} 1 2 15 3 4 6 0 0 0 - 3000 - 0 0 - - 0`,
  )
  const stat = lines.map(
    ({backend, status, sessions = 0}) => `${backend},gf1,0,0,${sessions},0,,0,0,0,,0,,0,0,0,0,${status},1,`,
  )
  const servers = readServers([STATE_HEADER, ...state, ''].join('\n'), [STAT_HEADER, ...stat, ''].join('\n'))
  return viewsOf(servers, {balancer: 'lb1', backends: ['grafana']})
}
const stateOf = (...lines: readonly Line[]) => views(...lines)[0]?.state

describe('what HAProxy tells of a server', () => {
  it.each([
    [0, 'UP', 'in'],
    [0, 'UP 1/3', 'in'],
    [0, 'no check', 'in'],
    [0, 'DOWN', 'down'],
    [0, 'DOWN 1/2', 'down'],
    [0, 'NOLB', 'down'],
    [1, 'MAINT', 'out'],
    [2, 'MAINT (via a/b)', 'out'],
    [5, 'MAINT', 'out'],
    [4, 'UP', 'in'],
    [12, 'DRAIN', 'drain'],
    [32, 'MAINT (resolution)', 'out'],
    [8, 'DRAIN', 'drain'],
    [16, 'DRAIN', 'drain'],
    [9, 'MAINT', 'out'],
  ])('is with flags %i and %s: %s', (flags, status, expected) => {
    expect(stateOf({backend: 'grafana', flags, status})).toBe(expected)
  })

  it.each([
    ['UP 1/3', true],
    ['UP 2/3', true],
    ['UP', undefined],
    ['no check', undefined],
    ['DOWN 1/2', undefined],
  ])('is on credit until all of its checks pass: %s', (status, expected) => {
    expect(views({backend: 'grafana', flags: 0, status})[0]?.onCredit).toBe(expected)
    const checkedElsewhere = views(
      {backend: 'grafana', flags: 0, status: 'UP'},
      {backend: 'grafana_any', flags: 0, status},
    )
    expect(checkedElsewhere[0]?.onCredit).toBeUndefined()
  })

  it('is drained by a weight of zero', () => {
    expect(stateOf({backend: 'grafana', flags: 0, status: 'UP', weight: 0})).toBe('drain')
  })

  it('counts what every backend sends to the same place, and only that', () => {
    const [view] = views(
      {backend: 'grafana', flags: 0, status: 'UP', sessions: 2},
      {backend: 'assets', flags: 0, status: 'UP', sessions: 3},
      {backend: 'other', flags: 0, status: 'UP', sessions: 7, address: '10.0.0.99'},
    )
    expect(view).toMatchObject({current: 5, address: '10.0.0.11:3000', words: 'UP'})
  })

  it('is not out while another backend feeds the same place', () => {
    const main = {backend: 'grafana', flags: 1, status: 'MAINT'}
    expect(stateOf(main, {backend: 'any', flags: 0, status: 'UP'})).toBe('in')
    expect(stateOf(main, {backend: 'any', flags: 8, status: 'DRAIN'})).toBe('drain')
    expect(views(main, {backend: 'any', flags: 0, status: 'UP'})[0]?.words).toBe('MAINT, any: UP')
  })

  it('is nothing at all where HAProxy answered nothing', () => {
    expect(viewsOf(readServers('', ''), {balancer: 'lb1', backends: ['grafana']})).toEqual([])
  })
})
