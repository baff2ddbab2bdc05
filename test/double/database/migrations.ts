import type {Release} from '../release.ts'
import {isAtLeast} from '../release.ts'

export interface Migration {
  readonly id: string
  /** `{id}`, `{text}`, `{blob}`, `{time}` and `{no}` stand for what each server calls them. */
  readonly sql: readonly string[]
}

interface Step extends Migration {
  readonly since: readonly [major: number, minor: number]
}

const table = (name: string, columns: string): Omit<Step, 'since'> => ({
  id: `create ${name} table`,
  sql: [`CREATE TABLE IF NOT EXISTS "${name}" (${columns})`],
})

const column = (name: string, owner: string, type: string): Omit<Step, 'since'> => ({
  id: `Add column ${name} in ${owner}`,
  sql: [`ALTER TABLE "${owner}" ADD COLUMN "${name}" ${type}`],
})

const BASE = [
  table(
    'user',
    `"id" {id}, "version" INTEGER NOT NULL DEFAULT 0, "login" VARCHAR(190) NOT NULL UNIQUE,
    "email" VARCHAR(190) NOT NULL, "name" VARCHAR(255), "password" VARCHAR(255), "salt" VARCHAR(50), "rands" VARCHAR(50),
    "org_id" INTEGER NOT NULL, "is_admin" BOOLEAN NOT NULL, "is_disabled" BOOLEAN NOT NULL DEFAULT {no},
    "created" {time} NOT NULL, "updated" {time} NOT NULL, "last_seen_at" {time}`,
  ),
  table(
    'org',
    `"id" {id}, "version" INTEGER NOT NULL DEFAULT 0, "name" VARCHAR(190) NOT NULL UNIQUE,
    "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'org_user',
    `"id" {id}, "org_id" INTEGER NOT NULL, "user_id" INTEGER NOT NULL, "role" VARCHAR(20) NOT NULL,
    "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'user_auth_token',
    `"id" {id}, "user_id" INTEGER NOT NULL, "auth_token" VARCHAR(100) NOT NULL UNIQUE,
    "prev_auth_token" VARCHAR(100) NOT NULL UNIQUE, "user_agent" VARCHAR(255) NOT NULL, "client_ip" VARCHAR(255) NOT NULL,
    "auth_token_seen" BOOLEAN NOT NULL, "seen_at" INTEGER, "rotated_at" INTEGER NOT NULL, "created_at" INTEGER NOT NULL,
    "updated_at" INTEGER NOT NULL, "revoked_at" INTEGER`,
  ),
  table(
    'login_attempt',
    `"id" {id}, "username" VARCHAR(190) NOT NULL, "ip_address" VARCHAR(50) NOT NULL,
    "created" INTEGER NOT NULL`,
  ),
  table(
    'dashboard',
    `"id" {id}, "version" INTEGER NOT NULL, "slug" VARCHAR(189) NOT NULL, "title" VARCHAR(189) NOT NULL,
    "data" {text} NOT NULL, "org_id" INTEGER NOT NULL, "uid" VARCHAR(40) NOT NULL UNIQUE, "is_folder" BOOLEAN NOT NULL DEFAULT {no},
    "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'data_source',
    `"id" {id}, "org_id" INTEGER NOT NULL, "version" INTEGER NOT NULL, "type" VARCHAR(255) NOT NULL,
    "name" VARCHAR(190) NOT NULL UNIQUE, "access" VARCHAR(255) NOT NULL, "url" VARCHAR(255) NOT NULL, "user" VARCHAR(255),
    "database" VARCHAR(255), "basic_auth" BOOLEAN NOT NULL, "is_default" BOOLEAN NOT NULL, "json_data" {text},
    "secure_json_data" {text}, "uid" VARCHAR(40) NOT NULL UNIQUE, "read_only" BOOLEAN, "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'data_keys',
    `"name" VARCHAR(100) NOT NULL PRIMARY KEY, "label" VARCHAR(100) NOT NULL DEFAULT '',
    "active" BOOLEAN NOT NULL, "scope" VARCHAR(30) NOT NULL, "provider" VARCHAR(50) NOT NULL, "encrypted_data" {blob} NOT NULL,
    "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'secrets',
    `"id" {id}, "org_id" INTEGER NOT NULL, "namespace" VARCHAR(190) NOT NULL, "type" VARCHAR(190) NOT NULL,
    "value" {text}, "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'kv_store',
    `"id" {id}, "org_id" INTEGER NOT NULL, "namespace" VARCHAR(190) NOT NULL, "key" VARCHAR(190) NOT NULL,
    "value" {text} NOT NULL, "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'server_lock',
    `"id" {id}, "operation_uid" VARCHAR(100) NOT NULL UNIQUE, "version" INTEGER NOT NULL,
    "last_execution" INTEGER NOT NULL`,
  ),
  table(
    'plugin_setting',
    `"id" {id}, "org_id" INTEGER, "plugin_id" VARCHAR(190) NOT NULL, "enabled" BOOLEAN NOT NULL,
    "json_data" {text}, "secure_json_data" {text}, "created" {time} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table(
    'alert_rule',
    `"id" {id}, "org_id" INTEGER NOT NULL, "title" VARCHAR(190) NOT NULL, "uid" VARCHAR(40) NOT NULL UNIQUE,
    "data" {text} NOT NULL, "updated" {time} NOT NULL`,
  ),
  table('playlist', `"id" {id}, "name" VARCHAR(255) NOT NULL, "uid" VARCHAR(80) NOT NULL, "org_id" INTEGER NOT NULL`),
  table(
    'cache_data',
    `"cache_key" VARCHAR(168) NOT NULL PRIMARY KEY, "data" {blob} NOT NULL, "expires" INTEGER NOT NULL,
    "created_at" INTEGER NOT NULL`,
  ),
]

/** Grows from minor to minor, and never by a patch. Each of these is additive. */
const STEPS: readonly Step[] = [
  ...BASE.map((step): Step => ({...step, since: [0, 0]})),
  {...column('uid', 'user', 'VARCHAR(40)'), since: [10, 0]},
  {
    ...table(
      'sso_setting',
      '"id" VARCHAR(40) NOT NULL PRIMARY KEY, "provider" VARCHAR(255) NOT NULL, "settings" {text}',
    ),
    since: [10, 3],
  },
  {
    ...table(
      'resource',
      `"guid" VARCHAR(36) NOT NULL PRIMARY KEY, "group" VARCHAR(190) NOT NULL, "resource" VARCHAR(190) NOT NULL,
    "namespace" VARCHAR(63) NOT NULL, "name" VARCHAR(253) NOT NULL, "value" {text}`,
    ),
    since: [11, 5],
  },
  {
    ...table(
      'unifiedstorage_migration_log',
      `"id" {id}, "migration_id" VARCHAR(255), "sql" {text}, "success" BOOLEAN,
    "error" {text}, "timestamp" {time}`,
    ),
    since: [11, 5],
  },
  {...column('is_provisioned', 'user', 'BOOLEAN NOT NULL DEFAULT {no}'), since: [12, 0]},
  {
    ...table('secret_secure_value', '"guid" VARCHAR(36) NOT NULL PRIMARY KEY, "name" VARCHAR(253) NOT NULL'),
    since: [12, 0],
  },
  {...column('api_version', 'dashboard', 'VARCHAR(16)'), since: [12, 1]},
  {...column('missing_series_evals_to_resolve', 'alert_rule', 'INTEGER'), since: [12, 2]},
  {
    ...table(
      'alert_rule_state',
      '"id" {id}, "org_id" INTEGER NOT NULL, "rule_uid" VARCHAR(40) NOT NULL, "data" {blob}',
    ),
    since: [12, 3],
  },
]

/** The migrations that a release brings, oldest first. */
export function migrationsOf(release: Release): readonly Migration[] {
  return STEPS.filter(step => isAtLeast(release, ...step.since))
}

export interface Move {
  readonly table: string
  readonly migration: string
  /** Larger tables are left to a later release. */
  readonly atMost: number
}

/** Legacy tables whose content a release moves to `resource`, after which they are called `<name>_legacy`. */
export function movesOf(release: Release): readonly Move[] {
  const dashboards = {table: 'dashboard', migration: 'folders and dashboards migration'}
  const moves = [
    {since: [12, 4] as const, table: 'playlist', migration: 'playlists migration', atMost: Number.POSITIVE_INFINITY},
    {since: [12, 4] as const, ...dashboards, atMost: 10},
    {since: [13, 0] as const, ...dashboards, atMost: Number.POSITIVE_INFINITY},
  ]
  return moves.filter(move => isAtLeast(release, move.since[0], move.since[1]))
}
