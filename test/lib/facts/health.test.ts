import {describe, expect, it} from 'vitest'
import {readHealth} from '../../../src/lib/facts/health.ts'
import {versionOf} from '../../../src/lib/model/version.ts'

const answer = (status: number, body: string) => readHealth({status, body, headers: {}, milliseconds: 3})

describe('the health fact', () => {
  it('reads a healthy Grafana', () => {
    expect(answer(200, '{"commit":"abc","database":"ok","version":"12.1.0"}')).toEqual({
      known: true,
      value: {status: 200, database: 'ok', version: versionOf('12.1.0'), milliseconds: 3},
    })
  })

  it('reads a Grafana that lost its database and hides its version', () => {
    expect(answer(503, '{"database":"failing"}')).toEqual({
      known: true,
      value: {status: 503, database: 'failing', milliseconds: 3},
    })
  })

  it.each(['<html>', '[]', 'null', '{"status":"ok"}'])('is unknown for %s, which is not Grafana', body => {
    expect(answer(200, body)).toMatchObject({known: false})
  })
})
