import * as z from 'zod'
import {settings} from './settings.ts'
import {line, localPath, matching, publicUrl, remotePath, secret, statePath, unit, words} from './text.ts'

const NUMBER = '(?:0|[1-9]\\d{0,3})'
const VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(?:\\d{1,9}pre|[A-Za-z])[\\w.]{0,40}|\\+security-\\d{1,4})?$`,
)

const push = z.strictObject({push: localPath.describe('Folder with the packages, copied to the nodes')})

const repository = {url: matching(/^(?:https?|file):\/\/\S+$/, 'must be a URL'), key: line}
const WHERE_FROM = {error: 'must be node-repo, { url: …, key: … } or { push: ./folder }'}

const aptSource = z.union(
  [
    z.literal('node-repo'),
    z.strictObject({
      ...repository,
      suite: matching(/^[\w.~/-]+$/, 'must be a suite, such as stable, or a path that ends with a slash').optional(),
      components: z.array(matching(/^[\w./-]+$/, 'must be a component, such as main')).optional(),
    }),
    push,
  ],
  WHERE_FROM,
)

const dnfSource = z.union([z.literal('node-repo'), z.strictObject(repository), push], WHERE_FROM)

const install = z
  .discriminatedUnion('method', [
    z.strictObject({method: z.literal('apt'), source: aptSource.optional()}),
    z.strictObject({method: z.literal('dnf'), source: dnfSource.optional()}),
    z.strictObject({method: z.literal('tarball'), source: push}),
    z.strictObject({
      method: z.literal('docker'),
      image: matching(/^[^\s:@]+(?::\d+\/[^\s:@]+)?$/, 'must be an image name without a tag').optional(),
    }),
    z.strictObject({method: z.literal('none')}),
  ])
  .describe('How Grafana comes to the nodes')

/** In the order in which they are offered. */
export const INSTALL_METHODS = install.options.map(({shape}) => shape.method.value)

const command = z.strictObject({stop: words, restart: words, status: words})

/** `{node}` in a unit, a container or a word stands for the node's name. */
export const service = z
  .discriminatedUnion('manager', [
    z.strictObject({manager: z.literal('systemd'), unit: unit.optional()}),
    z.strictObject({manager: z.literal('docker'), container: line.optional()}),
    z.strictObject({manager: z.literal('command'), command}),
  ])
  .describe('What starts and stops Grafana on a node')

export const paths = z
  .strictObject({
    home: remotePath,
    config: remotePath,
    data: remotePath,
    logs: remotePath,
    plugins: remotePath,
    provisioning: remotePath,
    state: statePath,
  })
  .partial()
  .describe('Where Grafana keeps its files on a node; {node} stands for its name')

export const grafana = z.strictObject({
  version: matching(VERSION, ({input}) => `must be a whole Grafana version, such as 12.1.0${meant(input)}`),
  edition: z.enum(['oss', 'enterprise']).optional(),
  rootUrl: publicUrl,
  secretKey: secret,
  secretsManagerKey: secret.optional(),
  admin: z.strictObject({user: line, password: secret}).optional(),
  install: install.optional(),
  service: service.optional(),
  paths: paths.optional(),
  settings: settings.optional(),
  plugins: z
    .array(
      matching(
        /^[a-z0-9]+(?:-[a-z0-9]+)*@\d+(?:\.\d+)*(?:[-+][\w.+-]+)?$/,
        'must be id@version, such as grafana-clock-panel@2.1.3',
      ),
    )
    .optional(),
  pluginSource: z
    .strictObject({push: localPath.describe('Folder with the archives of the plugins, copied to the nodes')})
    .optional(),
  provisioning: localPath.optional(),
})

/** The same without what makes it none, where that is one. */
function meant(input: unknown): string {
  const plain = String(input)
    .replace(/^v/, '')
    .replace(/^[\d.]+/, numbers => numbers.split('.').map(withoutZeros).join('.'))
  return VERSION.test(plain) ? `: write ${plain}` : ''
}

function withoutZeros(number: string): string {
  return number.replace(/^0+(?=\d)/, '')
}
