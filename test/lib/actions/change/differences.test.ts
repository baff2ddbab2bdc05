import {describe, expect, it} from 'vitest'
import {differencesOf} from '../../../../src/lib/actions/change/differences.ts'
import {Secret} from '../../../../src/lib/model/secret.ts'
import type {FileChange, Plan} from '../../../../src/lib/plan/plan.ts'
import type {RenderedFile} from '../../../../src/lib/render/rendered-file.ts'
import type {ShownDifference} from '../../../../src/lib/report/difference.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {FakeHost, FakeHosts} from '../../../support/fake-ports.ts'

const INI = '/etc/grafana/grafana.ini'

interface Case {
  readonly path?: string
  readonly live?: string
  readonly content: string
  readonly redacted?: string
}

/** What is shown of one file of gf1; without `live` it is a new one. */
async function shown({path = INI, live, content, redacted = content}: Case): Promise<ShownDifference | undefined> {
  const change: FileChange = {path, change: live === undefined ? 'create' : 'update'}
  const plan = {waves: [[{node: 'gf1', changes: [change]}]], balancerFiles: []} as unknown as Plan
  const file: RenderedFile = {path, access: 'service', content: new Secret(content), redacted, restart: true}
  const hosts = new FakeHosts({gf1: new FakeHost('gf1', {run: () => `${path}\0${live}x\0`})})
  const found = await differencesOf(aCluster(), {hosts}, {plan, filesOf: () => [file], balancerFiles: []})
  return found[0]
}

/** What is shown of a file that gf1 has and shall have no more. */
async function removed(path: string, live: string): Promise<ShownDifference | undefined> {
  const plan = {waves: [[{node: 'gf1', changes: [{path, change: 'remove'}]}]], balancerFiles: []} as unknown as Plan
  const hosts = new FakeHosts({gf1: new FakeHost('gf1', {run: () => `${path}\0${live}x\0`})})
  const found = await differencesOf(aCluster(), {hosts}, {plan, filesOf: () => [], balancerFiles: []})
  return found[0]
}

describe('the difference of a file', () => {
  it('tells in its line that a secret changes, beside what else does', async () => {
    const difference = await shown({
      live: '[smtp]\nhost = old\npassword = ONE\n',
      content: '[smtp]\nhost = new\npassword = TWO\n',
      redacted: '[smtp]\nhost = new\npassword = [secret]\n',
    })
    expect(difference?.lines).toEqual([
      ' [smtp]',
      '-host = old',
      '-password = [old secret]',
      '+host = new',
      '+password = [new secret]',
    ])
  })

  it('is that of its beginning where the file is too long to be read whole', async () => {
    const lines = Array.from({length: 4000}, (_, place) => `line ${place}${place > 100 ? 'x'.repeat(90) : ''}`)
    const whole = lines.join('\n')
    const content = whole.replace('line 7\n', 'line seven\n')
    const live = whole.slice(0, 262_144)
    expect(await shown({path: '/etc/grafana/a.json', live, content})).toEqual({
      node: 'gf1',
      path: '/etc/grafana/a.json',
      note: 'its beginning',
      lines: [' line 5', ' line 6', '-line 7', '+line seven', ' line 8', ' line 9'],
    })
    expect(await shown({path: '/etc/grafana/a.json', live, content: `${whole}\nline`})).toMatchObject({lines: []})
  })

  it('leaves a secret that stays in the background', async () => {
    const difference = await shown({
      live: '[smtp]\nhost = old\npassword = SAME\n',
      content: '[smtp]\nhost = new\npassword = SAME\n',
      redacted: '[smtp]\nhost = new\npassword = [secret]\n',
    })
    expect(difference?.lines).toEqual([' [smtp]', '-host = old', '+host = new', ' password = [secret]'])
  })

  it('hides the old value of a key that only gha.yaml calls a secret', async () => {
    const difference = await shown({
      live: '[custom]\nflavour = HIDDEN\n[other]\nflavour = plain\n',
      content: '[custom]\nflavour = HIDDEN2\n[other]\nflavour = bitter\n',
      redacted: '[custom]\nflavour = [secret]\n[other]\nflavour = bitter\n',
    })
    expect(difference?.lines.join('\n')).not.toContain('HIDDEN')
    expect(difference?.lines).toEqual(expect.arrayContaining(['-flavour = [old secret]', '-flavour = plain']))
  })

  it('tells of a changed secret in YAML too', async () => {
    const datasource = (password: string) =>
      `datasources:\n  - secureJsonData:\n      password: ${password}\n    name: x\n`
    const difference = await shown({
      path: '/etc/grafana/provisioning/datasources/x.yaml',
      live: datasource('ONE'),
      content: datasource('TWO'),
      redacted: "datasources:\n  - secureJsonData: '[secret]'\n    name: x\n",
    })
    expect(difference?.lines).toEqual([
      ' datasources:',
      "-  - secureJsonData: '[old secret]'",
      "+  - secureJsonData: '[new secret]'",
      '     name: x',
    ])
  })

  it('says of a file that is one secret only that it changes', async () => {
    const path = '/etc/grafana/gha-secrets/smtp.password'
    expect(await shown({path, live: 'ONE', content: 'TWO', redacted: '[secret]'})).toEqual({
      node: 'gf1',
      path,
      lines: [],
      note: 'a secret in it changes',
    })
  })

  it('shows a new file, and how much of a long one is left out', async () => {
    expect(await shown({content: '[server]\nport = 1\n'})).toMatchObject({
      note: 'new file',
      lines: ['+[server]', '+port = 1'],
    })
    const long = await shown({content: 'x\n'.repeat(100), path: '/etc/grafana/provisioning/x.json'})
    expect([long?.lines.length, long?.omitted]).toEqual([40, 60])
  })

  it('shows what goes with a file that is removed, and how much of a long one is left out', async () => {
    const path = '/etc/grafana/provisioning/datasources/old.yaml'
    expect(await removed(path, 'name: old\npassword: HIDDEN\n')).toEqual({
      node: 'gf1',
      path,
      note: 'removed',
      lines: ['-name: old', "-password: '[secret]'"],
    })
    const long = await removed('/etc/grafana/provisioning/dashboards/x.json', 'x\n'.repeat(100))
    expect([long?.lines.length, long?.omitted]).toEqual([40, 60])
  })

  it('shows no value of a removed file that may be a secret', async () => {
    const ini = await removed('/opt/old/custom.ini', '[custom]\nflavour = HIDDEN\n')
    expect(ini?.lines).toEqual(['-[custom]', '-flavour = [secret]'])
    expect((await removed('/etc/grafana/gha-secrets/smtp.password', 'HIDDEN'))?.lines).toEqual(['-[secret]'])
  })

  it('shows of a new file no secret', async () => {
    const difference = await shown({content: 'password = HIDDEN\n', redacted: 'password = [secret]\n'})
    expect(difference?.lines).toEqual(['+password = [secret]'])
  })
})
