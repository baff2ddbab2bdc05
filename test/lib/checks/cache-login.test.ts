import {describe, expect, it} from 'vitest'
import {cacheLogin} from '../../../src/lib/checks/cache-login.ts'
import {judgeOne} from '../../support/an-observation.ts'

const answered = {outcome: 'answered', latencyMilliseconds: 1, serverVersion: '7.2', readOnly: false} as const

describe('cache/login', () => {
  it('is skipped where gha.yaml names none', () => {
    expect(judgeOne(cacheLogin, 'caches', [])).toMatchObject({status: 'skipped'})
  })

  it('passes when all answer, and fails with the one that does not', () => {
    expect(judgeOne(cacheLogin, 'caches', [{use: 'cache', report: answered}])).toMatchObject({
      status: 'passed',
      detail: 'cache: version 7.2, 1.0 ms',
    })
    const views = [
      {use: 'cache', report: answered},
      {use: 'alerting', report: {outcome: 'authentication', message: 'WRONGPASS'}},
    ] as const
    expect(judgeOne(cacheLogin, 'caches', views)).toMatchObject({
      status: 'failed',
      detail: 'alerting: authentication: WRONGPASS',
      cause: 'authentication',
    })
  })

  it('fails a replica', () => {
    const views = [{use: 'cache', report: {...answered, readOnly: true}}] as const
    expect(judgeOne(cacheLogin, 'caches', views)).toMatchObject({status: 'failed'})
  })
})
