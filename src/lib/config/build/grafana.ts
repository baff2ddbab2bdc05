import type {Grafana, Install, PackageSource, Plugin} from '../../model/cluster.ts'
import {given} from '../../model/given.ts'
import {versionOf} from '../../model/version.ts'
import type {GrafanaInput} from '../schema/cluster.ts'
import {type Build, localFile, secretAt} from './build.ts'
import {buildSettings} from './settings.ts'

export function buildGrafana(input: GrafanaInput, build: Build): Grafana {
  const {admin, secretsManagerKey} = input
  return {
    version: versionOf(input.version),
    edition: input.edition ?? 'oss',
    rootUrl: input.rootUrl.endsWith('/') ? input.rootUrl : `${input.rootUrl}/`,
    secretKey: secretAt(build, ['grafana', 'secretKey']),
    ...given({
      secretsManagerKey:
        secretsManagerKey === undefined ? undefined : secretAt(build, ['grafana', 'secretsManagerKey']),
      admin: admin && {user: admin.user, password: secretAt(build, ['grafana', 'admin', 'password'])},
      provisioning: input.provisioning && localFile(build, input.provisioning),
      pluginSource: input.pluginSource && {
        type: 'push' as const,
        directory: localFile(build, input.pluginSource.push),
      },
    }),
    install: buildInstall(input, build),
    settings: buildSettings(input.settings, ['grafana', 'settings'], build),
    plugins: (input.plugins ?? []).map(buildPlugin),
  }
}

const IMAGES = {oss: 'grafana/grafana', enterprise: 'grafana/grafana-enterprise'}

function buildInstall({install: input, edition = 'oss'}: GrafanaInput, build: Build): Install {
  switch (input?.method) {
    case undefined:
      return {method: 'apt', source: {type: 'node-repo'}}
    case 'apt':
    case 'dnf':
      return {method: input.method, source: packageSource(input.source, build)}
    case 'tarball':
      return {method: 'tarball', source: {type: 'push', directory: localFile(build, input.source.push)}}
    case 'docker':
      return {method: 'docker', image: input.image ?? IMAGES[edition]}
    case 'none':
      return {method: 'none'}
  }
}

type SourceInput = Extract<GrafanaInput['install'], {method: 'apt'}>['source']
type RepositoryInput = Extract<SourceInput, {url: string}>

function packageSource(source: SourceInput, build: Build): PackageSource {
  if (source === undefined || source === 'node-repo') return {type: 'node-repo'}
  if ('push' in source) return {type: 'push', directory: localFile(build, source.push)}
  const {url, suite = 'stable', components = suite.endsWith('/') ? [] : ['main']}: RepositoryInput = source
  const key = /^https?:/.test(source.key) ? source.key : localFile(build, source.key)
  return {type: 'url', url, suite, components, key}
}

function buildPlugin(text: string): Plugin {
  const [id = '', version = ''] = text.split('@')
  return {id, version}
}
