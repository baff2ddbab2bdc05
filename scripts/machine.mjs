// What the tests need of the machine: says what is missing, and installs it by apt when it may.
import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'

/** Program → Debian package that brings it. */
const FOR_SERVERS = {
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  haproxy: 'haproxy',
  nginx: 'nginx-light',
  'redis-server': 'redis-server',
  memcached: 'memcached',
  mariadbd: 'mariadb-server',
  'mariadb-dump': 'mariadb-client',
  pg_dump: 'postgresql-client',
  pgbouncer: 'pgbouncer',
  socat: 'socat',
  sudo: 'sudo',
  nc: 'netcat-openbsd',
  tcsh: 'tcsh',
  fish: 'fish',
  openssl: 'openssl',
  chromium: 'chromium',
}
const FOR_LAB = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  'dpkg-scanpackages': 'dpkg-dev',
  ip: 'iproute2',
  strace: 'strace',
  curl: 'curl',
}
const PLACES = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin', '/usr/local/sbin']

/**
 * Prepares what the chosen suites need.
 * @returns {{servers?: string, lab?: string}} for what cannot be had: why not
 */
export function prepareMachine({needs, say}) {
  if (needs.size === 0) return {}
  const needed = {...FOR_SERVERS, ...(needs.has('lab') ? FOR_LAB : {})}
  const root = process.getuid?.() === 0
  const packages = [...missing(needed), ...(postgresServer() ? [] : ['postgresql'])]
  if (packages.length > 0 && root && existsSync('/usr/bin/apt-get')) install(packages, say)
  const lacking = missing(FOR_SERVERS)
  const servers = lacking.length > 0 ? `it needs the Debian packages ${lacking.join(', ')}` : undefined
  return {servers, lab: servers ?? whyNoLab(root)}
}

function whyNoLab(root) {
  if (!root) return 'it needs root'
  const lacking = missing(FOR_LAB)
  if (lacking.length > 0) return `it needs the Debian packages ${lacking.join(', ')}`
  return isolates() ? undefined : 'it needs namespaces and overlay file systems, which are refused here'
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
