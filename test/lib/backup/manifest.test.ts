import {describe, expect, test} from 'vitest'
import {manifestText, readManifest, rowDifferences} from '../../../src/lib/backup/manifest.ts'
import type {BackupManifest} from '../../../src/lib/model/backup.ts'
import {Secret} from '../../../src/lib/model/secret.ts'

const key = new Secret('the-key')
const manifest: BackupManifest = {
  schemaVersion: 1,
  type: 'backup',
  id: '20261121T101500Z-3f9a',
  cluster: 'prod',
  reason: 'rollout',
  database: {type: 'postgres', product: 'PostgreSQL', version: '15.18', name: 'grafana'},
  tools: ['pg_dump 15.18'],
  snapshot: {takenAt: '2026-11-21T10:15:00.000Z'},
  archive: {file: 'database.pgdump', bytes: 3, sha256: 'abc'},
  rows: {from: 'snapshot', tables: {'public.a': 1}},
  notes: [],
  milliseconds: 5,
}

describe('a manifest', () => {
  test('comes back as it was written, and sealed', () => {
    expect(readManifest(manifestText(manifest, key), key)).toEqual({manifest, sealed: true})
  })

  test('is not sealed any more when a word of it was changed, or with another key', () => {
    const text = manifestText(manifest, key)
    expect(readManifest(text.replace('"sha256": "abc"', '"sha256": "abd"'), key)).toMatchObject({sealed: false})
    expect(readManifest(text, new Secret('another'))).toMatchObject({sealed: false})
  })

  test('is none in another form', () => {
    expect(readManifest('{"schemaVersion": 2}', key).manifest).toBeUndefined()
    expect(readManifest('{"schema', key).manifest).toBeUndefined()
  })

  test('never shows the key', () => {
    expect(manifestText(manifest, key)).not.toContain('the-key')
  })
})

test('rows differ by number, by a missing table and by one too many', () => {
  expect(rowDifferences({a: 1, b: 2, c: 3}, {a: 1, b: 3, d: 4})).toEqual([
    'b holds 3 rows, not 2',
    'c holds no rows, not 3',
    'd holds 4 rows, not any',
  ])
})
