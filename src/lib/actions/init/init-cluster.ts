import path from 'node:path'
import {CLUSTER_FILE} from '../../config/find-cluster-file.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {Secret} from '../../model/secret.ts'
import {needsSecondKey} from './compose.ts'
import {draftCluster, secretFile} from './draft.ts'
import {interview} from './interview.ts'
import {newSecret} from './new-secret.ts'
import type {InitPorts, InitRequest, Settled} from './request.ts'
import {unattended} from './unattended.ts'
import type {InitSecrets, SecretName} from './wish.ts'

export interface InitResult {
  readonly result: 'written' | 'shown' | 'declined'
  readonly directory: string
  readonly text: string
  /** Files below the directory. */
  readonly files: readonly string[]
  /** Made here: this is the only copy. */
  readonly made: readonly SecretName[]
  readonly databasePasswordMissing: boolean
}

/** Asks or fills in, tries, and writes gha.yaml with its secrets; nothing that is there is overwritten. */
export async function initCluster(request: InitRequest, ports: InitPorts): Promise<InitResult> {
  await refuseExisting(request.directory, ports)
  const settled = await (request.mode === 'ask' ? interview(request, ports) : unattended(request, ports))
  const made = newSecrets(settled)
  const secrets: InitSecrets = {...made, ...settled.secrets}
  const draft = await draftCluster(settled.answers, {directory: request.directory, secrets}, ports)
  const result = {
    directory: request.directory,
    text: draft.text,
    files: [CLUSTER_FILE, 'secrets/.gitignore', ...Object.keys(secrets).map(name => `secrets/${name}`)],
    made: Object.keys(made) as SecretName[],
    databasePasswordMissing: secrets.database_password === undefined,
  }
  if (request.dryRun) return {...result, result: 'shown'}
  const question = `Write ${CLUSTER_FILE} and secrets/ to ${request.directory}?`
  if (request.mode === 'ask' && !(await ports.ui.confirm(question))) return {...result, result: 'declined'}
  await write(request.directory, {text: draft.text, secrets}, ports)
  return {...result, result: 'written'}
}

async function refuseExisting(directory: string, {files}: InitPorts): Promise<void> {
  const names: readonly SecretName[] = ['secret_key', 'secrets_manager_key', 'admin_password', 'database_password']
  for (const file of [path.join(directory, CLUSTER_FILE), ...names.map(name => secretFile(directory, name))]) {
    if (!(await files.exists(file))) continue
    throw new GhaError(`${file} is there already`, {
      code: 'FILE_EXISTS',
      exit: 'usage',
      unchanged: 'Nothing was written.',
      hint: 'Edit it, or write to another folder with `gha init -C DIR`. A lost secret_key cannot be made again.',
    })
  }
}

/** A Grafana that is there keeps its admin; a new one gets one. */
function newSecrets({answers, secrets, existing}: Settled): InitSecrets {
  const fresh: [SecretName, Secret][] = [
    ['secret_key', newSecret()],
    ...(needsSecondKey(answers) ? [['secrets_manager_key', newSecret()] as [SecretName, Secret]] : []),
    ...(existing ? [] : [['admin_password', newSecret()] as [SecretName, Secret]]),
  ]
  return Object.fromEntries(fresh.filter(([name]) => secrets[name] === undefined))
}

/** Secrets first: a gha.yaml is never there without them. */
async function write(
  directory: string,
  {text, secrets}: {readonly text: string; readonly secrets: InitSecrets},
  {files}: InitPorts,
): Promise<void> {
  await files.write(path.join(directory, 'secrets', '.gitignore'), '*\n', 0o600)
  for (const [name, secret] of Object.entries(secrets) as [SecretName, Secret][]) {
    await files.write(secretFile(directory, name), `${secret.reveal()}\n`, 0o600)
  }
  await files.write(path.join(directory, CLUSTER_FILE), text, 0o644)
}
