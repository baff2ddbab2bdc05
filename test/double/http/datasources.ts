import {type Database, type Row, timestamp, type Value} from '../database/database.ts'
import type {Grafana} from '../grafana.ts'
import {rawStd} from '../secrets/envelope.ts'
import {type Exchange, json, jsonBody} from './reply.ts'

export async function listDatasources({database}: Grafana, {response}: Exchange): Promise<void> {
  const rows = await database.query('SELECT * FROM "data_source" ORDER BY "name"')
  json(response, 200, rows.map(shown))
}

export async function addDatasource(grafana: Grafana, {request, response}: Exchange): Promise<void> {
  const wanted = await jsonBody(request)
  const [name, type] = [String(wanted['name'] ?? ''), String(wanted['type'] ?? '')]
  if (name === '' || type === '') return json(response, 400, {message: 'bad request data'})
  const taken = await grafana.database.query('SELECT "id" FROM "data_source" WHERE "name" = ?', [name])
  if (taken.length > 0) return json(response, 409, {message: 'data source with the same name already exists'})
  const secrets = (wanted['secureJsonData'] ?? {}) as Record<string, string>
  const sealed = await seal(grafana, secrets)
  await insert(grafana.database, wanted, JSON.stringify(sealed))
  if (Object.keys(secrets).length > 0) await insertSecret(grafana, name, secrets)
  const [row] = await grafana.database.query('SELECT * FROM "data_source" WHERE "name" = ?', [name])
  json(response, 200, {id: row?.['id'], name, message: 'Datasource added', datasource: row && shown(row)})
}

/** Works only where the data source's secret can be decrypted: the proof that the secret key is the right one. */
export async function datasourceHealth(grafana: Grafana, {response, path}: Exchange): Promise<void> {
  const uid = path.split('/').at(-2) ?? ''
  const [row] = await grafana.database.query('SELECT "name", "secure_json_data" FROM "data_source" WHERE "uid" = ?', [
    uid,
  ])
  if (!row) return json(response, 404, {message: 'data source not found'})
  try {
    const [kept] = await grafana.database.query('SELECT "value" FROM "secrets" WHERE "namespace" = ? AND "type" = ?', [
      ...[String(row['name']), 'datasource'],
    ])
    if (kept) JSON.parse(await grafana.dataKeys.decrypt(Buffer.from(String(kept['value']), 'base64')))
    json(response, 200, {status: 'OK', message: 'Data source is working'})
  } catch {
    json(response, 500, {message: 'Failed to decrypt secure json data'})
  }
}

async function seal(grafana: Grafana, secrets: Record<string, string>): Promise<Record<string, string>> {
  const sealed: Record<string, string> = {}
  for (const [key, value] of Object.entries(secrets))
    sealed[key] = (await grafana.dataKeys.encrypt(value)).toString('base64')
  return sealed
}

async function insertSecret(grafana: Grafana, name: string, secrets: Record<string, string>): Promise<void> {
  const value = rawStd(await grafana.dataKeys.encrypt(JSON.stringify(secrets)))
  const now = timestamp()
  await grafana.database.query(
    'INSERT INTO "secrets" ("org_id", "namespace", "type", "value", "created", "updated") VALUES (?, ?, ?, ?, ?, ?)',
    [1, name, 'datasource', value, now, now],
  )
}

async function insert(database: Database, wanted: Record<string, unknown>, sealed: string): Promise<void> {
  const text = (key: string, fallback = '') => String(wanted[key] ?? fallback)
  const now = timestamp()
  const values: Record<string, Value> = {
    ...{
      org_id: 1,
      version: 1,
      type: text('type'),
      name: text('name'),
      access: text('access', 'proxy'),
      url: text('url'),
    },
    ...{user: text('user'), database: text('database'), basic_auth: false, is_default: wanted['isDefault'] === true},
    ...{json_data: JSON.stringify(wanted['jsonData'] ?? {}), secure_json_data: sealed, read_only: false},
    ...{uid: text('uid', Math.random().toString(36).slice(2, 14)), created: now, updated: now},
  }
  const columns = Object.keys(values).map(name => `"${name}"`)
  await database.query(
    `INSERT INTO "data_source" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    Object.values(values),
  )
}

function shown(row: Row): Record<string, unknown> {
  const secure = Object.keys(JSON.parse(String(row['secure_json_data'] ?? '{}')))
  return {
    ...{id: row['id'], uid: row['uid'], orgId: 1, name: row['name'], type: row['type'], access: row['access']},
    ...{url: row['url'], user: row['user'], database: row['database'], isDefault: Boolean(row['is_default'])},
    jsonData: JSON.parse(String(row['json_data'] ?? '{}')),
    secureJsonFields: Object.fromEntries(secure.map(key => [key, true])),
    readOnly: false,
  }
}
