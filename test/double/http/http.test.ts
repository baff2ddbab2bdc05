import {createHash} from 'node:crypto'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {WebSocket} from 'ws'
import {databaseSection} from '../../support/database-section.ts'
import {type DoubleOptions, type RunningDouble, removeDoubles, startDouble, stopDoubles} from '../../support/double.ts'
import {type PostgresServer, startPostgres} from '../../support/postgres.ts'

let server: PostgresServer
let count = 0
beforeAll(async () => {
  server = await startPostgres()
  await server.createDatabase('shared')
})
afterEach(stopDoubles)
afterAll(async () => {
  await removeDoubles()
  await server.stop()
})

const freshDatabase = () => server.createDatabase(`http${++count}`)
const start = (settings = '', options: DoubleOptions = {}, name?: string) =>
  startDouble({
    ...options,
    settings: `${databaseSection(server, name ?? 'shared')}${settings}`,
  })
const basic = (login: string, password: string) => ({authorization: `Basic ${btoa(`${login}:${password}`)}`})
const admin = basic('admin', 'admin')
const post = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: {'content-type': 'application/json', ...headers},
  body: JSON.stringify(body),
})
const signIn = async (double: RunningDouble) => {
  const reply = await double.get('/login', post({user: 'admin', password: 'admin'}))
  const cookie = reply.headers.getSetCookie().find(text => text.startsWith('grafana_session='))
  return {reply, cookie: cookie?.split(';')[0] ?? '', attributes: cookie ?? ''}
}

describe('health', () => {
  it('tells database, version and commit, and healthz says Ok', async () => {
    const double = await start()
    const reply = await double.get('/api/health')
    expect(reply.status).toBe(200)
    expect(await reply.json()).toEqual({database: 'ok', version: '12.1.0', commit: expect.stringMatching(/^\w{10}$/)})
    expect(await (await double.get('/healthz')).text()).toBe('Ok')
    expect((await double.get('/api/health', {method: 'HEAD'})).status).toBe(200)
  })

  it('hides the version where it is hidden from strangers', async () => {
    const double = await start('[auth.anonymous]\nhide_version = true\n')
    expect(await (await double.get('/api/health')).json()).toEqual({database: 'ok'})
  })

  it('keeps its answer for five seconds and then is 503 while the database fails; healthz stays 200', async () => {
    const own = await startPostgres()
    const settings = `[database]\ntype = postgres\nhost = ${own.host}:${own.port}\nname = grafana\nuser = grafana\npassword = ${own.password}\n`
    const double = await startDouble({settings})
    expect((await double.get('/api/health')).status).toBe(200)
    await own.stop('SIGQUIT')
    expect((await double.get('/api/health')).status).toBe(200)
    await new Promise(resolve => setTimeout(resolve, 5100))
    const reply = await double.get('/api/health')
    expect(reply.status).toBe(503)
    expect(await reply.json()).toMatchObject({database: 'failing'})
    expect((await double.get('/healthz')).status).toBe(200)
  })
})

describe('the login', () => {
  it('shows a page that names at least three assets of its build; elsewhere they are 404, and strangers are sent to the login', async () => {
    const name = await freshDatabase()
    const [one, other] = [await start('', {}, name), await start('', {version: '12.1.1'}, name)]
    const page = await (await one.get('/login')).text()
    const assets = [...page.matchAll(/"(\/public\/build\/[\w.]+\.[0-9a-f]{20}\.(?:js|css))"/g)].map(
      match => match[1] ?? '',
    )
    expect(assets.length).toBeGreaterThanOrEqual(3)
    const {cookie} = await signIn(other)
    for (const asset of assets) {
      expect((await one.get(asset)).status).toBe(200)
      const lacks = await other.get(asset)
      expect([lacks.status, lacks.headers.get('location')]).toEqual([302, '/login'])
      expect((await other.get(asset, {headers: {cookie}})).status).toBe(404)
    }
  })

  it('opens a session that works on another node with the same secret key, and not with another one', async () => {
    const name = await freshDatabase()
    const key = '[security]\nsecret_key = one\n'
    const [one, same] = [await start(key, {}, name), await start(key, {}, name)]
    const other = await start('[security]\nsecret_key = other\n', {}, name)
    const {cookie, attributes, reply} = await signIn(one)
    expect(await reply.json()).toMatchObject({message: 'Logged in'})
    expect(attributes).toMatch(/Path=\/; Max-Age=2592000; SameSite=Lax; HttpOnly/)
    expect((await same.get('/api/user', {headers: {cookie}})).status).toBe(200)
    const refused = await other.get('/api/user', {headers: {cookie}})
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({message: 'user token not found'})
    const hash = createHash('sha256')
      .update(`${cookie.split('=')[1]}one`)
      .digest('hex')
    expect(await server.query('SELECT auth_token FROM user_auth_token', name)).toEqual([{auth_token: hash}])
  })

  it('leads strangers from every page to it, and lets signed-in users through', async () => {
    const double = await start()
    const stranger = await double.get('/')
    expect([stranger.status, stranger.headers.get('location')]).toEqual([302, '/login'])
    const {cookie} = await signIn(double)
    const page = await double.get('/', {headers: {cookie}})
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect((await double.get('/logout', {headers: {cookie}})).headers.get('location')).toBe('/login')
    expect((await double.get('/', {headers: {cookie}})).status).toBe(302)
  })

  it('refuses a wrong password, and after five failures even the right one', async () => {
    const double = await start('', {}, await freshDatabase())
    for (let failure = 0; failure < 5; failure++)
      expect((await double.get('/login', post({user: 'admin', password: 'wrong'}))).status).toBe(401)
    expect((await signIn(double)).reply.status).toBe(401)
  })

  it('uses the configured administrator, at the first start only', async () => {
    const name = await freshDatabase()
    const first = await start('[security]\nadmin_user = root\nadmin_password = """p#;w"""\n', {}, name)
    expect((await first.get('/api/user', {headers: basic('root', 'p#;w')})).status).toBe(200)
    const second = await start('[security]\nadmin_password = changed\n', {}, name)
    expect((await second.get('/api/user', {headers: basic('root', 'p#;w')})).status).toBe(200)
  })
})

describe('the settings', () => {
  it('are shown to a server admin as strings in sections, with secrets masked', async () => {
    const double = await start('[users]\ndefault_theme =\n[security]\nsecret_key = planted\n')
    const reply = await double.get('/api/admin/settings', {headers: admin})
    const settings = (await reply.json()) as Record<string, Record<string, string>>
    expect(settings['DEFAULT']?.['app_mode']).toBe('production')
    expect(settings['users']).toMatchObject({default_theme: 'dark', password_hint: '*********'})
    expect(settings['database']).toMatchObject({type: 'postgres', password: '*********'})
    expect(JSON.stringify(settings)).not.toContain('planted')
    expect((await double.get('/api/admin/settings')).status).toBe(401)
    expect((await double.get('/api/admin/stats', {headers: admin})).status).toBe(200)
  })
})

describe('the site', () => {
  it('lives below its sub-path where it is served from there', async () => {
    const double = await start('[server]\nroot_url = http://grafana.test/g/\nserve_from_sub_path = true\n')
    expect((await double.get('/g/api/health')).status).toBe(200)
    expect((await double.get('/g/')).headers.get('location')).toBe('/g/login')
    expect((await double.get('/login')).headers.get('location')).toBe('http://grafana.test/g/login')
    expect(await (await double.get('/g/login')).text()).toContain('"/g/public/build/')
  })

  it('sends requests for another domain to its own, but not those of monitoring', async () => {
    const double = await start(
      '[server]\nenforce_domain = true\ndomain = grafana.test\nroot_url = http://grafana.test/\n',
    )
    expect((await double.get('/login')).headers.get('location')).toBe('http://grafana.test/')
    expect((await double.get('/api/health')).status).toBe(200)
    expect((await double.get('/metrics')).status).toBe(200)
  })

  it('answers unknown API paths with 404 JSON', async () => {
    const double = await start()
    const reply = await double.get('/api/unknown')
    expect([reply.status, await reply.json()]).toEqual([404, {message: 'Not found'}])
  })
})

describe('the metrics', () => {
  it('name build, requests and pool, and no cluster without peers', async () => {
    const double = await start()
    await double.get('/api/health')
    const text = await (await double.get('/metrics')).text()
    expect(text).toMatch(/grafana_build_info\{.*version="12\.1\.0"\} 1/)
    expect(text).toMatch(
      /grafana_http_request_duration_seconds_count\{handler="\/api\/health",method="GET",status_code="200"\} 1/,
    )
    expect(text).toMatch(/grafana_database_conn_open \d/)
    expect(text).toMatch(/grafana_alerting_schedule_alert_rules 0/)
    expect(text).not.toContain('alertmanager_cluster_members')
  })

  it('want a password only when name and password are both set', async () => {
    const half = await start('[metrics]\nbasic_auth_username = m\n')
    expect((await half.get('/metrics')).status).toBe(200)
    const whole = await start('[metrics]\nbasic_auth_username = m\nbasic_auth_password = p\n')
    expect((await whole.get('/metrics')).status).toBe(401)
    expect((await whole.get('/metrics', {headers: basic('m', 'p')})).status).toBe(200)
  })
})

describe('a data source', () => {
  it('keeps its secret in the envelope, readable by every node with the same key and by no other', async () => {
    const name = await freshDatabase()
    const key = '[security]\nsecret_key = one\n'
    const [one, same] = [await start(key, {}, name), await start(key, {}, name)]
    const other = await start('[security]\nsecret_key = other\n', {}, name)
    const wanted = {name: 'prom', type: 'prometheus', uid: 'p1', url: 'http://p', secureJsonData: {password: 'hunter2'}}
    expect((await one.get('/api/datasources', post(wanted, admin))).status).toBe(200)
    const [listed] = (await (await same.get('/api/datasources', {headers: admin})).json()) as unknown[]
    expect(listed).toMatchObject({name: 'prom', secureJsonFields: {password: true}})
    expect(JSON.stringify(listed)).not.toContain('hunter2')
    expect((await same.get('/api/datasources/uid/p1/health', {headers: admin})).status).toBe(200)
    expect((await other.get('/api/datasources/uid/p1/health', {headers: admin})).status).toBe(500)
    const [kept] = await server.query('SELECT value FROM secrets', name)
    expect(Buffer.from(String(kept?.['value']), 'base64').toString('latin1')).toMatch(/^#[\w+/]+#\*YWVzLWNmYg\*/)
    const [dataKey] = await server.query('SELECT label, provider, active FROM data_keys', name)
    expect(dataKey).toMatchObject({provider: 'secretKey.v1', active: true})
    expect(dataKey?.['label']).toMatch(/^\d{4}-\d\d-\d\d\/root@secretKey\.v1$/)
  })

  it('answers a query, as slowly as asked', async () => {
    const double = await start()
    const query = {queries: [{refId: 'A', scenarioId: 'slow_query', stringInput: '300ms'}]}
    const started = performance.now()
    const reply = await double.get('/api/ds/query', post(query, admin))
    expect(await reply.json()).toMatchObject({results: {A: {status: 200, frames: [{}]}}})
    expect(performance.now() - started).toBeGreaterThan(290)
  })
})

describe('Grafana Live', () => {
  const open = (double: RunningDouble, headers: Record<string, string>) =>
    new Promise<WebSocket | number>(resolve => {
      const client = new WebSocket(`ws://127.0.0.1:${double.port}/api/live/ws`, {headers})
      client.on('open', () => resolve(client))
      client.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    })

  it('answers a signed-in client of its own origin and refuses strangers with 401 and other origins with 403', async () => {
    const double = await start(
      '[server]\nroot_url = http://grafana.test/\n[live]\nallowed_origins = http://*.other.test\n',
    )
    const {cookie} = await signIn(double)
    expect(await open(double, {origin: 'http://grafana.test'})).toBe(401)
    expect(await open(double, {cookie, origin: 'http://evil.test'})).toBe(403)
    expect(await open(double, {cookie, origin: 'http://a.other.test'})).toBeInstanceOf(WebSocket)
    const client = await open(double, {cookie, origin: 'http://grafana.test'})
    if (!(client instanceof WebSocket)) throw new Error(`refused with ${client}`)
    const answer = new Promise(resolve => client.on('message', data => resolve(String(data))))
    client.send('hello')
    expect(await answer).toBe('hello')
    const closed = new Promise(resolve => client.on('close', resolve))
    await double.stop()
    expect(await closed).toBe(1001)
  })
})
