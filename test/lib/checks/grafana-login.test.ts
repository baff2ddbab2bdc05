import {describe, expect, it} from 'vitest'
import {grafanaLogin} from '../../../src/lib/checks/grafana-login.ts'
import {REFUSED} from '../../../src/lib/facts/as-admin.ts'
import type {LoginSeen} from '../../../src/lib/facts/run-login.ts'
import {known, type Observation, unknown} from '../../../src/lib/model/observation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aJudged, aNodeObservation, aTrial, spoken} from '../../support/an-observation.ts'

const answers = (gf2: Observation<boolean> = known(true)) => new Map([['gf2', gf2]])

const seen = (wish: Partial<LoginSeen> = {}): LoginSeen => ({
  opened: 'through the balancer',
  here: known(true),
  elsewhere: answers(),
  own: {taken: true, elsewhere: answers()},
  ...wish,
})

const stopped = aNodeObservation({service: known({state: 'inactive', words: 'inactive', configured: []})})

function judge(login: Observation<LoginSeen>, gf2 = aNodeObservation(), cluster = aCluster()) {
  return spoken(grafanaLogin, aJudged({cluster, nodes: [aNodeObservation({trial: aTrial({login})}), gf2]}))
}

describe('grafana/login', () => {
  it('is asked while a node is brought back, and says so otherwise', () => {
    expect(spoken(grafanaLogin, aJudged())).toEqual(['cluster skipped: asked while a rollout brings a node back'])
  })

  it('passes where both sessions are known everywhere', () => {
    expect(judge(known(seen()))).toEqual(['gf1 passed: works here and on 1 more, opened through the balancer'])
  })

  it.each<[Partial<LoginSeen>, string]>([
    [{here: known(false)}, 'failed: it does not know the session opened through the balancer'],
    [{elsewhere: answers(known(false))}, 'failed: the session opened through the balancer is not known on gf2'],
    [
      {own: {taken: false, words: 'no login on gf1: POST /login answers 500'}},
      'failed: no login on gf1: POST /login answers 500',
    ],
    [{own: {taken: true, elsewhere: answers(known(false))}}, 'failed: the session opened on gf1 is not known on gf2'],
    [
      {elsewhere: answers(unknown('no answer'))},
      'failed: the session opened through the balancer cannot be shown to gf2: no answer',
    ],
    [{here: unknown('no answer')}, 'unknown: the session opened through the balancer: no answer'],
  ])('does not pass %j', (wish, verdict) => {
    expect(judge(known(seen(wish)))).toEqual([`gf1 ${verdict}`])
  })

  it('expects nothing of a node that does not run', () => {
    expect(judge(known(seen({elsewhere: answers(known(false))})), stopped)[0]).toMatch(/^gf1 passed/)
  })

  it('is unknown where the admin is refused, and says that a login failed', () => {
    const nodes = [aNodeObservation({trial: aTrial({login: unknown(REFUSED)})})]
    expect(grafanaLogin.judge(aJudged({nodes}))).toMatchObject([{status: 'unknown', cause: 'authentication'}])
  })

  it('is unknown without an admin, which stops nobody', () => {
    const {admin: _admin, ...grafana} = aCluster().grafana
    const cluster = {...aCluster(), grafana}
    const nodes = [aNodeObservation({trial: aTrial({login: unknown('gha.yaml names no server admin')})})]
    expect(grafanaLogin.judge(aJudged({cluster, nodes}))).toMatchObject([{status: 'unknown', severity: 'warning'}])
  })
})
