import type {Grafana} from '../grafana.ts'
import {identify} from './identify.ts'
import {type Exchange, html, redirect, send} from './reply.ts'

const TYPES: Readonly<Record<string, string>> = {js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8'}
const ASSET_BYTES = 4000

interface Served {
  readonly grafana: Grafana
  readonly subPath: string
}

/** Files named by a hash exist in the build that has them, and in no other. For the rest strangers are sent to the login page. */
export async function asset({grafana, subPath}: Served, exchange: Exchange): Promise<void> {
  const {response, path} = exchange
  const {release} = grafana
  const name = path.replace('/public/build/', '')
  const type = TYPES[name.split('.').at(-1) ?? '']
  if (type === undefined || !release.assets.includes(name)) {
    const {kind} = await identify(grafana, exchange.request, exchange.cookies)
    return kind === 'user' ? html(response, 404, 'Page not found') : redirect(response, `${subPath}/login`)
  }
  response.setHeader('Cache-Control', 'public, max-age=31536000')
  send(response, {status: 200, type, body: `/* ${release.version} ${name} */\n`.padEnd(ASSET_BYTES, ' ')})
}
