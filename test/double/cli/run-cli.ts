import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {findUser, setPassword} from '../auth/users.ts'
import type {CommandLine} from '../command-line.ts'
import {openDatabase} from '../database/open.ts'
import {readFaults} from '../faults.ts'
import {homepath} from '../homepath.ts'
import type {Release} from '../release.ts'
import {loadSettings} from '../settings.ts'

const DEFAULT_PLUGINS = '/var/lib/grafana/plugins'

export async function runCli(line: CommandLine, release: Release): Promise<void> {
  const [topic = '', verb = ''] = line.words
  if (line.flags.has('v') || line.flags.has('version'))
    return void process.stdout.write(`Grafana CLI version ${release.version}\n`)
  if (topic === 'admin' && verb === 'reset-admin-password') return resetAdminPassword(line)
  if (topic === 'plugins' && (verb === 'ls' || verb === '')) return listPlugins(line)
  throw new Error(`unknown command: ${line.words.join(' ')}`)
}

async function resetAdminPassword(line: CommandLine): Promise<void> {
  const fromStdin = line.flags.has('password-from-stdin')
  if (fromStdin) process.stdout.write('New Password: ')
  const password = fromStdin ? ((await text(process.stdin)).split('\n')[0] ?? '').replace(/\r$/, '') : line.words[2]
  if (!password || password.length < 4) throw new Error('password is shorter than 4 characters')
  const home = homepath(line.flags.get('homepath'))
  const settings = loadSettings({homepath: home, config: line.flags.get('config'), properties: line.properties})
  const database = await openDatabase(settings, readFaults(home))
  const user = await findUser(database, 'id', Number(line.flags.get('user-id') ?? 1))
  if (!user) throw new Error('could not read user from database')
  await setPassword(database, user, password)
  await database.close()
  process.stdout.write('\n\nAdmin password changed successfully ✔\n')
}

function listPlugins(line: CommandLine): void {
  const folder = line.flags.get('pluginsDir') ?? DEFAULT_PLUGINS
  const plugins = folders(folder).map(name => readPlugin(path.join(folder, name)))
  const found = plugins.filter(plugin => plugin !== undefined)
  process.stdout.write(
    found.length === 0 ? 'no installed plugins found\n' : `installed plugins:\n${found.join('\n')}\n`,
  )
}

function folders(folder: string): string[] {
  try {
    return readdirSync(folder, {withFileTypes: true})
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
  } catch {
    return []
  }
}

function readPlugin(folder: string): string | undefined {
  for (const place of ['plugin.json', 'dist/plugin.json']) {
    try {
      const plugin = JSON.parse(readFileSync(path.join(folder, place), 'utf8'))
      return `${plugin.id} @ ${plugin.info?.version ?? ''}`
    } catch {
      // the other place may have it
    }
  }
  return undefined
}
