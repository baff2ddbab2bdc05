import {randomBytes} from 'node:crypto'
import {chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {type Host, hostFolder} from '../layout.ts'
import {must} from '../run.ts'
import type {LabState} from '../state.ts'

/** As the base made them. */
const USERS = {ops: 2001, carol: 2002}

/** Lays out what is a host's own: name, addresses of the others, identities, and who may log in. */
export async function prepareHost(state: LabState, host: Host): Promise<void> {
  const folder = hostFolder(state.name, host.name)
  for (const part of ['upper', 'work', 'root']) mkdirSync(path.join(folder, part), {recursive: true, mode: 0o755})
  const upper = path.join(folder, 'upper')
  put(upper, 'etc/hostname', `${host.name}\n`)
  put(upper, 'etc/hosts', hostsFile(state))
  put(upper, 'etc/machine-id', `${randomBytes(16).toString('hex')}\n`)
  const key = path.join(upper, 'etc/ssh/ssh_host_ed25519_key')
  folderIn(upper, 'etc/ssh')
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', host.name, '-f', key])
  for (const [user, id] of Object.entries(USERS))
    authorize(upper, {user, id, key: `${state.operator.identityFile}.pub`})
  if (host.name in state.balancers) enable(upper, host.name)
}

export function hostKeyOf(lab: string, host: string): string {
  return path.join(hostFolder(lab, host), 'upper/etc/ssh/ssh_host_ed25519_key.pub')
}

/** Every part under its name; a host's own name has to be there, or each sudo waits for DNS. */
export function hostsFile(state: LabState): string {
  const {operator, postgres, nodes, balancers} = state
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    `${operator.address} operator`,
    `${postgres.host} servers postgres mariadb redis memcached`,
    ...[...nodes, balancers.haproxy, balancers.nginx].map(({name, address}) => `${address} ${name}`),
  ]
  return `${lines.join('\n')}\n`
}

function authorize(upper: string, {user, id, key}: {user: string; id: number; key: string}): void {
  const home = `home/${user}`
  folderIn(upper, `${home}/.ssh`)
  const file = path.join(upper, home, '.ssh/authorized_keys')
  copyFileSync(key, file)
  chmodSync(file, 0o600)
  chmodSync(path.join(upper, home, '.ssh'), 0o700)
  for (const place of [path.join(upper, home), path.join(upper, home, '.ssh'), file]) chownSync(place, id, id)
}

function enable(upper: string, unit: string): void {
  const wants = 'etc/systemd/system/multi-user.target.wants'
  folderIn(upper, wants)
  symlinkSync(`/lib/systemd/system/${unit}.service`, path.join(upper, wants, `${unit}.service`))
}

function put(upper: string, place: string, content: string): void {
  folderIn(upper, path.dirname(place))
  writeFileSync(path.join(upper, place), content, {mode: 0o644})
}

/** Folders of the upper layer replace those below in owner and mode, so the umask must not decide. */
function folderIn(upper: string, place: string): void {
  let folder = upper
  for (const name of place.split('/')) {
    folder = path.join(folder, name)
    if (existsSync(folder)) continue
    mkdirSync(folder)
    chmodSync(folder, 0o755)
  }
}
