import {request} from 'node:https'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {makeCertificates} from '../support/certificates.ts'
import {launchDouble, removeDoubles, startDouble, stopDoubles} from '../support/double.ts'
import {type PostgresServer, startPostgres} from '../support/postgres.ts'

const right = makeCertificates()
const other = makeCertificates()
let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres({tls: right})
})
afterEach(stopDoubles)
afterAll(async () => {
  await removeDoubles()
  await server.stop()
  right.remove()
  other.remove()
})

const database = (mode: string, ca: string) => `[database]
type = postgres
host = 127.0.0.1:${server.port}
user = ${server.user}
password = ${server.password}
ssl_mode = ${mode}
ca_cert_path = ${ca}
`
const used = async () => {
  const rows = await server.query(
    "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'grafana'",
  )
  return rows.map(row => row['ssl'])
}

describe('the ssl_mode of PostgreSQL', () => {
  it.each([
    ['verify-full', right.caFile],
    ['verify-ca', right.caFile],
    ['require', ''],
  ])('%s encrypts', async (mode, ca) => {
    await startDouble({settings: database(mode, ca)})
    expect(await used()).toEqual([true])
  })

  it('disable does not encrypt', async () => {
    await startDouble({settings: database('disable', '')})
    expect(await used()).toEqual([false])
  })

  it.each([
    ['verify-full', other.caFile],
    ['verify-full', ''],
    ['require', other.caFile],
  ])('%s refuses a certificate that its authority did not sign', async (mode, ca) => {
    const double = await launchDouble({settings: database(mode, ca)})
    expect(await double.exited).toBe(1)
    expect(double.output()).toMatch(/unable to verify the first certificate|self-signed certificate/)
  })

  it('knows no other words', async () => {
    const double = await launchDouble({settings: database('prefer', '')})
    expect(await double.exited).toBe(1)
    expect(double.output()).toContain('unsupported sslmode')
  })
})

describe('https', () => {
  it('is served with the configured certificate', async () => {
    const double = await startDouble({
      settings: `protocol = https\ncert_file = ${right.certFile}\ncert_key = ${right.keyFile}\n`,
    })
    const status = await new Promise((resolve, reject) => {
      const url = `https://127.0.0.1:${double.port}/api/health`
      request(url, {ca: right.ca}, reply => resolve(reply.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
  })
})

describe('a database that restarts', () => {
  it('is used again without a restart of Grafana', async () => {
    const own = await startPostgres()
    const settings = `[database]\nurl = postgres://grafana:${own.password}@${own.host}:${own.port}/grafana\n`
    const double = await startDouble({settings})
    const admin = {headers: {authorization: `Basic ${btoa('admin:admin')}`}}
    expect((await double.get('/api/org', admin)).status).toBe(200)
    await own.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'grafana'")
    await sleep(200)
    expect((await double.get('/api/org', admin)).status).toBe(200)
    await double.stop()
    await own.stop()
  })
})
