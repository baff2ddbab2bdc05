// What the tests need of the machine: says what is missing, and installs it by apt when it may.
import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'

/** Program → Debian package that brings it. */
const FOR_ALL = {
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  haproxy: 'haproxy',
  nginx: 'nginx-light',
  'redis-server': 'redis-server',
  memcached: 'memcached',
  mariadbd: 'mariadb-server',
  socat: 'socat',
}
const FOR_LAB = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  'dpkg-scanpackages': 'dpkg-dev',
  ip: 'iproute2',
}
const PLACES = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin', '/usr/local/sbin']

/** @returns {{lab: boolean, reason: string}} whether the machine can hold the lab, and why not. */
export function prepareMachine({lab, say}) {
  const needed = {...FOR_ALL, ...(lab ? FOR_LAB : {})}
  const packages = missing(needed)
  if (!postgresServer()) packages.push('postgresql')
  const root = process.getuid?.() === 0
  if (packages.length > 0 && root && existsSync('/usr/bin/apt-get')) install(packages, say)
  const still = missing(needed)
  if (still.length > 0) say(`not on this machine: ${still.join(', ')}; the tests that need them fail or are left out`)
  if (!lab) return {lab: false, reason: 'not asked for'}
  if (!root) return {lab: false, reason: 'the lab needs root'}
  const lacking = Object.values(FOR_LAB).filter(name => still.includes(name))
  if (lacking.length > 0) return {lab: false, reason: `the lab needs ${lacking.join(', ')}`}
  if (!isolates())
    return {lab: false, reason: 'the lab needs namespaces and overlay file systems, which are refused here'}
  return {lab: true, reason: ''}
}

/** Tries what every host of the lab needs; the mounts end with the process. */
function isolates() {
  const script = [
    'mount -t tmpfs tmpfs /mnt',
    'mkdir /mnt/lower /mnt/upper /mnt/work /mnt/root',
    'mount -t overlay overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root',
  ]
  const words = [
    '--mount',
    '--propagation',
    'private',
    '--net',
    '--ipc',
    '--pid',
    '--fork',
    'sh',
    '-c',
    script.join(' && '),
  ]
  return spawnSync('unshare', words, {stdio: 'ignore'}).status === 0
}

function install(packages, say) {
  say(`installing Debian packages: ${packages.join(' ')}`)
  const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'}
  spawnSync('apt-get', ['update', '-qq'], {env, stdio: 'ignore'})
  const done = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env,
    encoding: 'utf8',
  })
  if (done.status !== 0) process.stderr.write(`${done.stdout}${done.stderr}\n`)
}

function missing(needed) {
  return Object.entries(needed)
    .filter(([program]) => !PLACES.some(place => existsSync(`${place}/${program}`)))
    .map(([, name]) => name)
}

function postgresServer() {
  return existsSync('/usr/lib/postgresql') || PLACES.some(place => existsSync(`${place}/initdb`))
}
