import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {localArchives} from '../../../src/lib/adapters/archives.ts'
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
