import {setTimeout as sleep} from 'node:timers/promises'
import {gravatar} from '../auth/users.ts'
import {type Row, timestamp} from '../database/database.ts'
import {isMoved} from '../database/unified-storage.ts'
import type {Grafana} from '../grafana.ts'
import {isAtLeast} from '../release.ts'
import {type Exchange, json, jsonBody, refuse} from './reply.ts'
import {siteOf} from './site.ts'

export function currentUser(_grafana: Grafana, {response, user}: Exchange): void {
  if (!user) return
  json(response, 200, {
    ...{id: user.id, uid: `u${user.id}`, email: user.email, name: user.name, login: user.login, theme: ''},
    ...{orgId: 1, isGrafanaAdmin: user.isAdmin, isDisabled: false, isExternal: false, authLabels: []},
    avatarUrl: gravatar(user.email),
  })
}

export async function currentOrg({database}: Grafana, {response}: Exchange): Promise<void> {
  const rows = await database.query('SELECT "id", "name" FROM "org" WHERE "id" = 1')
  json(response, 200, {id: 1, name: String(rows[0]?.['name'] ?? ''), address: {}})
}

export function adminSettings({settings}: Grafana, {response}: Exchange): void {
  json(response, 200, settings.shown())
}

export async function adminStats({database, release}: Grafana, {response}: Exchange): Promise<void> {
  const count = async (sql: string) => Number((await database.query(sql))[0]?.['n'])
  const dashboards = await dashboardRows({database, release})
  json(response, 200, {
    orgs: await count('SELECT COUNT(*) AS n FROM "org"'),
    users: await count('SELECT COUNT(*) AS n FROM "user"'),
    dashboards: dashboards.length,
    datasources: await count('SELECT COUNT(*) AS n FROM "data_source"'),
    activeSessions: await count('SELECT COUNT(*) AS n FROM "user_auth_token"'),
    alerts: await count('SELECT COUNT(*) AS n FROM "alert_rule"'),
  })
}

export function frontendSettings({settings, release}: Grafana, {response}: Exchange): void {
  json(response, 200, {
    appUrl: siteOf(settings).rootUrl.toString(),
    appSubUrl: siteOf(settings).subPath,
    buildInfo: {version: release.version, commit: release.commit, edition: 'Open Source', env: 'production'},
  })
}

export function homeDashboard(_grafana: Grafana, {response}: Exchange): void {
  json(response, 200, {
    meta: {isHome: true, canSave: false, folderTitle: 'General'},
    dashboard: {
      title: 'Home',
      schemaVersion: 39,
      panels: [{id: 1, type: 'welcome', gridPos: {h: 3, w: 24, x: 0, y: 0}}],
    },
  })
}

export async function search(grafana: Grafana, {response}: Exchange): Promise<void> {
  if (grafana.faults.has('search-broken')) return refuse(response, {status: 500, message: 'Internal Server Error'})
  const rows = await dashboardRows(grafana)
  json(
    response,
    200,
    rows.map(row => ({uid: row['uid'], title: row['title'], type: 'dash-db', url: `/d/${row['uid']}/${row['slug']}`})),
  )
}

export async function dashboard(grafana: Grafana, {response, path}: Exchange): Promise<void> {
  if (grafana.faults.has('search-broken')) return refuse(response, {status: 500, message: 'Internal Server Error'})
  const uid = path.split('/').at(-1)
  const row = (await dashboardRows(grafana)).find(found => found['uid'] === uid)
  if (!row) return json(response, 404, {message: 'Dashboard not found'})
  json(response, 200, {meta: {slug: row['slug'], version: row['version']}, dashboard: JSON.parse(String(row['data']))})
}

export async function saveDashboard(grafana: Grafana, {request, response}: Exchange): Promise<void> {
  const {dashboard: given} = await jsonBody(request)
  const wanted = (given ?? {}) as Record<string, unknown>
  const title = String(wanted['title'] ?? '')
  if (title === '') return json(response, 400, {message: 'Dashboard title cannot be empty', status: 'empty-name'})
  const uid = String(wanted['uid'] ?? Math.random().toString(36).slice(2, 14))
  const slug = title.toLowerCase().replaceAll(/\W+/g, '-')
  const row: Row = {uid, title, slug, version: 1, data: JSON.stringify({...wanted, uid, version: 1})}
  if (await readsResources(grafana)) await saveResource(grafana, row)
  else await saveRow(grafana, row)
  json(response, 200, {id: 1, uid, url: `/d/${uid}/${slug}`, status: 'success', version: 1, slug})
}

/** Answers a query like a test data source; `slow_query` waits as long as its `stringInput` says. */
export async function queryData(_grafana: Grafana, {request, response}: Exchange): Promise<void> {
  const {queries} = await jsonBody(request)
  if (!Array.isArray(queries) || queries.length === 0) return json(response, 400, {message: 'No queries found'})
  const results: Record<string, unknown> = {}
  for (const query of queries as Record<string, unknown>[]) {
    await sleep(delayOf(query))
    const refId = String(query['refId'] ?? 'A')
    results[refId] = {status: 200, frames: [frame(refId)]}
  }
  json(response, 200, {results})
}

function delayOf(query: Record<string, unknown>): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(String(query['stringInput'] ?? '')) ?? []
  const asked = query['scenarioId'] === 'slow_query' && number ? Number(number) * (unit === 's' ? 1000 : 1) : 0
  return asked || Number(process.env['DOUBLE_QUERY_MS'] ?? 0)
}

function frame(refId: string): unknown {
  const now = Date.now()
  const times = Array.from({length: 10}, (_unused, index) => now - (10 - index) * 1000)
  return {
    schema: {
      refId,
      fields: [
        {name: 'time', type: 'time'},
        {name: 'A-series', type: 'number'},
      ],
    },
    data: {values: [times, times.map(time => Math.round(Math.sin(time) * 100) / 100)]},
  }
}

async function dashboardRows(grafana: Pick<Grafana, 'database' | 'release'>): Promise<readonly Row[]> {
  if (!(await readsResources(grafana))) return grafana.database.query('SELECT * FROM "dashboard" ORDER BY "id"')
  const rows = await grafana.database.query('SELECT "value" FROM "resource" WHERE "resource" = ?', ['dashboards'])
  return rows.map(row => JSON.parse(String(row['value'])) as Row)
}

async function readsResources({database, release}: Pick<Grafana, 'database' | 'release'>): Promise<boolean> {
  return isAtLeast(release, 12, 4) && (await isMoved(database, 'folders and dashboards migration'))
}

async function saveRow({database}: Grafana, row: Row): Promise<void> {
  const [uid, now] = [String(row['uid']), timestamp()]
  await database.query('DELETE FROM "dashboard" WHERE "uid" = ?', [uid])
  await database.query(
    `INSERT INTO "dashboard" ("version", "slug", "title", "data", "org_id", "uid", "created", "updated")
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [1, String(row['slug']), String(row['title']), String(row['data']), 1, uid, now, now],
  )
}

async function saveResource({database}: Grafana, row: Row): Promise<void> {
  const uid = String(row['uid'])
  await database.query('DELETE FROM "resource" WHERE "resource" = ? AND "name" = ?', ['dashboards', uid])
  await database.query(
    'INSERT INTO "resource" ("guid", "group", "resource", "namespace", "name", "value") VALUES (?, ?, ?, ?, ?, ?)',
    [crypto.randomUUID(), 'dashboard.grafana.app', 'dashboards', 'default', uid, JSON.stringify(row)],
  )
}
