import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {localArchives} from '../../../src/lib/adapters/archives.ts'
import {createDumps} from '../../../src/lib/adapters/dumps.ts'
import {localIdentity} from '../../../src/lib/adapters/identity.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-archives-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

function leave(name: string, owner: object | undefined): void {
  mkdirSync(path.join(folder, `.${name}.part`))
  if (owner) writeFileSync(path.join(folder, `.${name}.part`, '.owner'), JSON.stringify(owner))
}

it('a new backup clears what killed ones left, and nothing that may still be written', async () => {
  const {hostname, bootId, pid} = localIdentity()
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  leave('killed', {hostname, bootId, pid: dead})
  leave('rebooted', {hostname, bootId: 'another', pid})
  leave('living', {hostname, bootId, pid})
  leave('contained', {hostname, bootId: bootId.replace(/\/.*/, '/pid:[1]'), pid: dead})
  leave('elsewhere', {hostname: 'other', bootId, pid: dead})
  leave('unknown', undefined)
  const draft = await localArchives().begin(folder, 'new')
  expect(readdirSync(folder)).toEqual([
    '.contained.part',
    '.elsewhere.part',
    '.gitignore',
    '.living.part',
    '.new.part',
    '.unknown.part',
  ])
  expect(readdirSync(await draft.keep())).toEqual([])
})

it('a backup that cannot get its name says so, and keeps its owner, to be cleared once he is dead', async () => {
  const draft = await localArchives().begin(folder, 'new')
  mkdirSync(path.join(folder, 'new', 'already'), {recursive: true})
  await expect(draft.keep()).rejects.toMatchObject({code: 'BACKUP_FOLDER', exit: 'preflight'})
  expect(readdirSync(draft.path)).toEqual(['.owner'])
  await draft.discard()
})

it('an archive that the disk does not give back is damaged', async () => {
  const file = path.join(folder, 'database.pgdump')
  mkdirSync(file)
  await expect(createDumps().digest(file)).rejects.toMatchObject({
    code: 'BACKUP_DAMAGED',
    exit: 'preflight',
    message: expect.stringContaining('the archive cannot be read: EISDIR'),
  })
})
