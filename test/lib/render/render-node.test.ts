import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import {afterAll, describe, expect, it} from 'vitest'
import {valueProblems} from '../../../src/lib/grafana/value-problems.ts'
import type {Cluster} from '../../../src/lib/model/cluster.ts'
import {Secret} from '../../../src/lib/model/secret.ts'
import {literal, type Settings} from '../../../src/lib/model/settings.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import type {RenderMaterial} from '../../../src/lib/render/render-material.ts'
import {renderNode} from '../../../src/lib/render/render-node.ts'
import {fingerprintOf} from '../../../src/lib/render/rendered-file.ts'
import {aCluster, aNode, anSshTarget} from '../../support/a-cluster.ts'
import {effectiveSettings} from '../../support/effective-settings.ts'
import {NO_MATERIAL} from '../../support/no-material.ts'

const home = mkdtempSync(path.join(tmpdir(), 'render-'))
afterAll(() => rmSync(home, {recursive: true}))

const config = path.join(home, 'etc', 'grafana.ini')
const placed = () => aNode({paths: {...aNode().paths, config}})

function rendered(cluster: Cluster, material: RenderMaterial = NO_MATERIAL) {
  return renderNode(cluster, cluster.nodes[0]!, material)
}

/** What the double reads of the first node's files. */
function effective(wish: Parameters<typeof aCluster>[0] = {}, defaults = '') {
  const [first = placed(), ...others] = wish.nodes ?? [placed(), aNode({name: 'gf2', address: '10.0.0.12'})]
  const cluster = aCluster({...wish, nodes: [{...first, paths: {...first.paths, config}}, ...others]})
  return effectiveSettings(home, rendered(cluster), defaults)
}

describe('a rendered node', () => {
  it('says first that gha manages it, then its name', () => {
    const [ini] = rendered(aCluster())
    expect(ini?.path).toBe('/etc/grafana/grafana.ini')
    expect(ini?.access).toBe('service')
    expect(ini?.content.reveal()).toMatch(/^# Managed by gha\. Edit gha\.yaml instead\.\ninstance_name = gf1\n/)
  })

  it('says what follows from the cluster', () => {
    const settings = effective({
      grafana: {rootUrl: 'https://example.com/grafana/'},
      cache: {type: 'redis', host: 'fd00::5', port: 6379, database: 2, password: new Secret('p#;w'), tls: 'insecure'},
      alerting: {mode: 'gossip', port: 9094, label: 'prod'},
      live: {mode: 'redis', host: 'redis.example.com', port: 6379, password: new Secret('live')},
    })
    expect(settings.text('server', 'domain')).toBe('example.com')
    expect(settings.text('server', 'root_url')).toBe('https://example.com/grafana/')
    expect(settings.text('server', 'serve_from_sub_path')).toBe('true')
    expect(settings.text('server', 'http_addr')).toBe('')
    expect(settings.text('database', 'host')).toBe('db.example.com:5432')
    expect(settings.text('database', 'password')).toBe('db-password')
    expect(settings.text('remote_cache', 'connstr')).toBe('addr=[fd00::5]:6379,db=2,password=p#;w,ssl=insecure')
    expect(settings.text('security', 'secret_key')).toBe('test-secret-key')
    expect(settings.text('security', 'admin_password')).toBe('admin-password')
    expect(settings.text('secrets_manager.encryption.secret_key.v1', 'secret_key')).toBe('test-secrets-manager-key')
    expect(settings.text('unified_alerting', 'ha_listen_address')).toBe('0.0.0.0:9094')
    expect(settings.text('unified_alerting', 'ha_advertise_address')).toBe('10.0.0.11:9094')
    expect(settings.text('unified_alerting', 'ha_peers')).toBe('10.0.0.11:9094,10.0.0.12:9094')
    expect(settings.text('unified_alerting', 'ha_label')).toBe('prod')
    expect(settings.text('live', 'ha_engine_address')).toBe('redis.example.com:6379')
  })

  it('leaves out what its version would silently ignore', () => {
    const old = effective({
      grafana: {version: versionOf('10.2.3')},
      alerting: {mode: 'gossip', port: 9094, label: 'prod'},
    })
    expect(old.text('unified_alerting', 'ha_label')).toBe('')
    expect(old.text('secrets_manager.encryption.secret_key.v1', 'secret_key')).toBe('')
    const label = (version: string) =>
      effective({grafana: {version: versionOf(version)}, alerting: {mode: 'gossip', port: 9094, label: 'a'}})
    expect(label('10.3.0').text('unified_alerting', 'ha_label')).toBe('a')
  })

  it('connects alerting over Redis with a name of its own', () => {
    const settings = effective({
      alerting: {mode: 'redis', host: 'r', port: 6379, database: 1, tls: 'on', password: new Secret('pw')},
    })
    expect(settings.text('unified_alerting', 'ha_redis_address')).toBe('r:6379')
    expect(settings.text('unified_alerting', 'ha_redis_peer_name')).toBe('gf1')
    expect(settings.text('unified_alerting', 'ha_redis_tls_enabled')).toBe('true')
    expect(settings.text('unified_alerting', 'ha_peers')).toBe('')
  })

  it('does not advertise a host name, which Grafana refuses', () => {
    const settings = effective({nodes: [aNode({address: 'gf1.example.com'})]})
    expect(settings.text('unified_alerting', 'ha_advertise_address')).toBe('')
    expect(settings.text('unified_alerting', 'ha_peers')).toBe('gf1.example.com:9094')
  })

  it('brackets IPv6 and listens there', () => {
    const settings = effective({nodes: [aNode({address: 'fd00::11'}), aNode({name: 'gf2', address: 'fd00::12'})]})
    expect(settings.text('unified_alerting', 'ha_listen_address')).toBe('[::]:9094')
    expect(settings.text('unified_alerting', 'ha_peers')).toBe('[fd00::11]:9094,[fd00::12]:9094')
  })

  it('gives nodes on one address mesh ports of their own', () => {
    const nodes = [aNode(), aNode({name: 'gf2', httpPort: 3001})]
    const settings = effective({nodes})
    expect(settings.text('unified_alerting', 'ha_peers')).toBe('10.0.0.11:9094,10.0.0.11:9095')
  })

  it('binds nodes that share a machine to their own addresses', () => {
    const ssh = anSshTarget({host: 'box'})
    const settings = effective({nodes: [aNode({ssh}), aNode({name: 'gf2', address: '10.0.0.12', ssh})]})
    expect(settings.text('server', 'http_addr')).toBe('10.0.0.11')
    expect(settings.text('unified_alerting', 'ha_listen_address')).toBe('10.0.0.11:9094')
    expect(effective({nodes: [aNode({address: '127.0.0.11'})]}).text('server', 'http_addr')).toBe('127.0.0.11')
  })

  it("puts the file's own settings on top, the node's last", () => {
    const node = aNode({settings: {server: {router_logging: literal(true)}, users: {default_theme: literal('light')}}})
    const settings = effective({
      nodes: [node],
      grafana: {
        settings: {
          DEFAULT: {app_mode: literal('development')},
          server: {root_url: literal('https://other/')},
          users: {default_theme: literal('system')},
        },
      },
    })
    expect(settings.text('server', 'root_url')).toBe('https://other/')
    expect(settings.text('server', 'router_logging')).toBe('true')
    expect(settings.text('users', 'default_theme')).toBe('light')
    expect(settings.text('DEFAULT', 'app_mode')).toBe('development')
    expect(settings.text('DEFAULT', 'instance_name')).toBe('gf1')
  })

  it('names the paths where the install method does not', () => {
    expect(effective({grafana: {install: {method: 'none'}}}).text('paths', 'data')).toBe('')
    const tarball = effective({grafana: {install: {method: 'tarball', source: {type: 'push', directory: '/d'}}}})
    expect(tarball.text('paths', 'data')).toBe('/var/lib/grafana')
    expect(tarball.text('paths', 'provisioning')).toBe('/etc/grafana/provisioning')
  })

  it('carries a value that cannot stand inline by a file of its own', () => {
    const password = 'a${b}`c'
    const cluster = aCluster({nodes: [placed()], database: {...aCluster().database, password: new Secret(password)}})
    const files = rendered(cluster)
    expect(files.map(file => file.path)).toEqual([config, path.join(home, 'etc/gha-secrets/database.password')])
    expect(effectiveSettings(home, files).text('database', 'password')).toBe(password)
    expect(files.map(file => file.redacted).join()).not.toContain(password)
  })

  it('lets an empty value override a default, which an empty line would not', () => {
    const settings = effective(
      {grafana: {settings: {users: {default_theme: literal('')}}}},
      '[users]\ndefault_theme = dark\n',
    )
    expect(settings.text('users', 'default_theme')).toBe('')
  })

  it('refuses %(name)s of an existing key and names the place, not the value', () => {
    const secret = new Secret('x%(user)sx')
    const cluster = aCluster({database: {...aCluster().database, password: secret}})
    expect(() => rendered(cluster)).toThrow(expect.objectContaining({code: 'INI_VALUE', exit: 'usage', node: 'gf1'}))
    expect(() => rendered(cluster)).toThrow(/\[database\] password: .* existing key user$/)
    expect(() => rendered(cluster)).not.toThrow(/x%/)
  })

  it('brings certificates and the provisioning tree', () => {
    const cluster = aCluster({database: {...aCluster().database, ca: '/ca.pem', clientKey: '/key.pem'}})
    const files = rendered(cluster, {
      database: {ca: 'CA', clientKey: 'KEY'},
      provisioning: [
        {
          path: 'datasources/a.yaml',
          content: 'datasources:\n  - name: a\n    secureJsonData:\n      password: hunter2\n    url: x\n',
        },
        {path: 'dashboards/a.json', content: '{}'},
      ],
    })
    const shown = files.slice(1).map(({path, restart, redacted}) => [path, restart, redacted])
    expect(shown).toEqual([
      ['/etc/grafana/gha-database/ca.pem', true, 'CA'],
      ['/etc/grafana/gha-database/client-key.pem', true, '[secret]'],
      [
        '/etc/grafana/provisioning/datasources/a.yaml',
        true,
        "datasources:\n  - name: a\n    secureJsonData: '[secret]'\n    url: x\n",
      ],
      ['/etc/grafana/provisioning/dashboards/a.json', false, '{}'],
    ])
  })

  it('shows no secret in its redacted text, be it a reference or plain', () => {
    const settings: Settings = {
      smtp: {password: literal('planted-1'), host: {kind: 'raw', text: '${HOST}'}},
      'plugin.some': {tenant: {kind: 'secret', secret: new Secret('planted-3')}},
    }
    const texts = rendered(aCluster({grafana: {settings, secretKey: new Secret('planted-2')}})).map(
      file => file.redacted,
    )
    expect(texts.join()).not.toMatch(/planted|db-password|admin-password|manager-key/)
    expect(texts.join()).toContain('host = ${HOST}')
  })

  it('has a fingerprint that follows its bytes and the key, and hides them', () => {
    const key = new Secret('k')
    const one = fingerprintOf(rendered(aCluster()), key)
    expect(one).toMatch(/^[\da-f]{12}$/)
    expect(fingerprintOf(rendered(aCluster()).toReversed(), key)).toBe(one)
    expect(fingerprintOf(rendered(aCluster()), new Secret('other'))).not.toBe(one)
    const changed = aCluster({grafana: {settings: {users: {default_theme: literal('light')}}}})
    expect(fingerprintOf(rendered(changed), key)).not.toBe(one)
  })

  it('reaches Grafana unchanged for any value that is not refused', () => {
    const piece = fc.constantFrom(
      '`',
      '"',
      '"""',
      '#',
      ';',
      '\\',
      '\n',
      ' ',
      '%(user)s',
      '%(nope)s',
      '${HOME}',
      '$__file{/x}',
    )
    const text = fc.array(fc.oneof(piece, fc.string({maxLength: 3})), {maxLength: 6}).map(parts => parts.join(''))
    fc.assert(
      fc.property(fc.array(text, {minLength: 1, maxLength: 8}), texts => {
        const all: Settings = {smtp: Object.fromEntries(texts.map((value, index) => [`key_${index}`, literal(value)]))}
        const refused = new Set(valueProblems(all).map(({key}) => key))
        const smtp = Object.fromEntries(Object.entries(all['smtp'] ?? {}).filter(([key]) => !refused.has(key)))
        const settings = effective({grafana: {settings: {smtp}}}, '[smtp]\nuser = root\n')
        for (const [key, value] of Object.entries(smtp)) expect(literal(settings.text('smtp', key))).toEqual(value)
      }),
      {numRuns: 60},
    )
  })
})
