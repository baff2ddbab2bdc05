import {expect, it} from 'vitest'
import type {Cluster} from '../../../src/lib/model/cluster.ts'
import {literal} from '../../../src/lib/model/settings.ts'
import {planChanges} from '../../../src/lib/plan/plan-changes.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aSituation} from '../../support/a-situation.ts'

function unchecked(cluster: Cluster): readonly string[] | undefined {
  const situations = [aSituation('gf1', {reasons: ['update /etc/grafana/grafana.ini']})]
  return planChanges({cluster, verb: 'rollout', situations, balancerFiles: [], schema: {there: true}}).unchecked
}

it('says nothing where every gate can look at everything', () => {
  expect(unchecked(aCluster())).toBeUndefined()
})

it('says once what nobody can look at without an admin', () => {
  const {admin: _admin, ...grafana} = aCluster().grafana
  expect(unchecked({...aCluster(), grafana})).toEqual([
    'a login, the effective settings, data sources, plugins: gha.yaml names no server admin',
  ])
})

it('says that nobody can log in where the form is off', () => {
  const settings = {auth: {disable_login_form: literal(true)}}
  expect(unchecked(aCluster({grafana: {settings}}))).toEqual([
    'a login: the login form is off, and with it the login by password',
  ])
})
