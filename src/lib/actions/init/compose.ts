import {Document, isMap, isSeq, parseDocument} from 'yaml'
import {INSTALL_METHODS} from '../../config/schema/grafana.ts'
import {GhaError} from '../../errors/gha-error.ts'
import {parseVersion} from '../../model/version.ts'
import type {BalancerAnswer, DatabaseAnswer, InitAnswers, SecretName, SetArgument} from './wish.ts'

/** A commented gha.yaml. Secrets stand in block style: an unquoted reference inside `{ }` is no YAML. */
export function composeCluster(answers: InitAnswers, secrets: ReadonlySet<SecretName>): string {
  const sections = [
    head(answers),
    grafana(answers, secrets),
    nodes(answers),
    ssh(answers),
    database(answers.database),
    backing(answers),
    balancer(answers.balancer),
    ROLLOUT,
  ]
  return answers.set.reduce(withSetting, sections).join('\n')
}

function head({name}: InitAnswers): string {
  return `# The wish for the Grafana cluster ${name}. \`gha check\` holds the world against it, \`gha apply\` brings the world to it.
apiVersion: gha/v1
kind: Cluster
name: ${plain(name)}
`
}

function grafana(answers: InitAnswers, secrets: ReadonlySet<SecretName>): string {
  const lines = [
    'grafana:',
    '  # `gha rollout --to VERSION` changes this line itself.',
    `  version: ${plain(answers.version)}`,
    '  # What browsers open: the load balancer, not a node.',
    `  rootUrl: ${plain(answers.rootUrl)}`,
    '  # Encrypts the passwords of data sources and signs sessions. Never change it while the database holds secrets.',
    '  secretKey: ${file:./secrets/secret_key}',
    ...(needsSecondKey(answers)
      ? [
          "  # The same for what Grafana's secrets manager holds.",
          '  secretsManagerKey: ${file:./secrets/secrets_manager_key}',
        ]
      : []),
    ...(secrets.has('admin_password') ? ADMIN : NO_ADMIN),
    `  # Where Grafana comes from: ${INSTALL_METHODS.slice(0, -1).join(', ')} or ${INSTALL_METHODS.at(-1)}.`,
    ...install(answers),
    '  # Any section and key of grafana.ini; plain text is literal, { raw: "…" } lets Grafana expand it.',
    '  # settings:',
    '  #   users: { allow_sign_up: false }',
    '  # plugins: [ grafana-clock-panel@2.1.3 ]',
    '  # pluginSource: { push: ./plugins }',
    '  # provisioning: ./provisioning',
    '',
  ]
  return lines.join('\n')
}

export function needsSecondKey({version}: Pick<InitAnswers, 'version'>): boolean {
  return (parseVersion(version)?.major ?? 0) >= 12
}

const ADMIN = [
  '  # A server admin: gha reads the effective settings with it, and tries a login.',
  '  admin:',
  '    user: admin',
  '    password: ${file:./secrets/admin_password}',
]

const NO_ADMIN = [
  '  # A server admin lets gha read the effective settings, and try a login:',
  '  # admin:',
  '  #   user: admin',
  '  #   password: ${file:./secrets/admin_password}',
]

function install({method, packages}: InitAnswers): readonly string[] {
  const source = packages === undefined ? [] : ['    source:', `      push: ${plain(packages)}`]
  return ['  install:', `    method: ${method}`, ...source]
}

function nodes({nodes: list}: InitAnswers): string {
  const entries = list.flatMap(({name, host}) => [`  - name: ${plain(name)}`, `    host: ${plain(host)}`])
  return `# host is where SSH goes; address, where it differs, is where the balancer and the other nodes go.
nodes:
${entries.join('\n')}
`
}

function ssh({ssh: {user, port}}: InitAnswers): string {
  const lines = [...(user ? [`  user: ${plain(user)}`] : []), ...(port ? [`  port: ${port}`] : [])]
  return `ssh:
${[...lines, '  # sudo or none', `  become: ${user === 'root' ? 'none' : 'sudo'}`, '  # jump: bastion.example.com'].join('\n')}
`
}

function database({type, host, name, user, sslMode}: DatabaseAnswer): string {
  const words = type === 'postgres' ? 'disable, require, verify-ca or verify-full' : 'false, true or skip-verify'
  return `database:
  type: ${type}
  host: ${plain(host)}
  name: ${plain(name)}
  user: ${plain(user)}
  password: \${file:./secrets/database_password}
  # ${words}; ca: ./ca.pem names the authority
  sslMode: ${plain(sslMode ?? (type === 'postgres' ? 'disable' : 'false'))}
`
}

function backing({nodes: list}: InitAnswers): string {
  const mode = list.length === 1 ? 'single' : 'gossip'
  return `# database, redis or memcached
cache:
  type: database

# gossip, redis or single
alerting:
  mode: ${mode}
`
}

function balancer(answer: BalancerAnswer): string {
  if (answer.type === 'none') {
    return `# haproxy or nginx; without one, gha cannot take a node out of service before it restarts it.
loadBalancer:
  type: none
`
  }
  const owned =
    answer.type === 'haproxy'
      ? [
          '  # file: {} lets gha write the whole haproxy.cfg; without it gha drains through the socket alone.',
          '  # file: {}',
        ]
      : []
  return `loadBalancer:
  type: ${answer.type}
  hosts:
${answer.hosts.map(host => `    - host: ${plain(host)}`).join('\n')}
  drainTimeout: 30s
${owned.map(line => `${line}\n`).join('')}`
}

const ROLLOUT = `rollout:
  minHealthyTime: 45s
  healthyDeadline: 3m
  autoRevert: true
`

/** A scalar as YAML spells it on one line. */
function plain(text: string): string {
  return new Document(text).toString({lineWidth: 0}).trim()
}

/**
 * Comments stay, but for the example of what is set; a list of named things is entered by name: `nodes.gf1.ssh.port`.
 * Each section is a document of its own: in one, a comment before a key would belong to the section above.
 */
function withSetting(sections: readonly string[], {path, value}: SetArgument): string[] {
  const [section = '', key] = path
  const found = sections.findIndex(text => parseDocument(text).has(section))
  const at = found < 0 ? sections.length : found
  const document = parseDocument(sections[at] ?? '')
  place(document, path, value)
  const text = document.toString({lineWidth: 0})
  return [...sections.slice(0, at), key === undefined ? text : withoutExample(text, key), ...sections.slice(at + 1)]
}

/** Takes out `# key: …`, what is below it, and the line that leads up to it. */
function withoutExample(text: string, key: string): string {
  const lines = text.split('\n')
  const isExample = (line: string | undefined) => line?.startsWith(`  # ${key}:`) ?? false
  const first = lines.findIndex(isExample)
  if (first < 0) return text
  const isWithin = (line: string) => isExample(line) || line.startsWith('  #   ')
  const end = lines.findIndex((line, place) => place > first && !isWithin(line))
  const leadsUp = lines[first - 1]?.startsWith('  # ') && lines[first - 1]?.endsWith(':')
  return [...lines.slice(0, leadsUp ? first - 1 : first), ...lines.slice(end)].join('\n')
}

function place(document: Document, path: readonly string[], value: unknown): void {
  const resolved = resolvedPath(document, path)
  try {
    document.setIn(resolved, document.createNode(value))
  } catch (cause) {
    throw noPlace(path, cause)
  }
}

function resolvedPath(document: Document, path: readonly string[]): readonly (string | number)[] {
  const resolved: (string | number)[] = []
  for (const key of path) {
    const parent = resolved.length === 0 ? document.contents : document.getIn(resolved, true)
    resolved.push(isSeq(parent) ? indexIn(parent.items, key, path) : key)
  }
  return resolved
}

function indexIn(items: readonly unknown[], key: string, path: readonly string[]): number {
  const named = items.findIndex(item => isMap(item) && [item.get('name'), item.get('host')].includes(key))
  if (named >= 0) return named
  if (/^\d+$/.test(key) && Number(key) <= items.length) return Number(key)
  throw noPlace(path)
}

function noPlace(path: readonly string[], cause?: unknown): GhaError {
  return new GhaError(`--set ${path.join('.')} leads nowhere`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was written.',
    hint: 'Enter lists by the name in them, as in `--set nodes.gf1.ssh.port=2222`.',
    cause,
  })
}
