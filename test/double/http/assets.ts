import type {Release} from '../release.ts'
import {type Exchange, json, send} from './reply.ts'

const TYPES: Readonly<Record<string, string>> = {js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8'}
const ASSET_BYTES = 4000

/** Files named by a hash exist in the build that has them, and in no other. */
export function asset(release: Release, {response, path}: Exchange): void {
  const name = path.replace('/public/build/', '')
  const type = TYPES[name.split('.').at(-1) ?? '']
  if (type === undefined || !release.assets.includes(name)) {
    json(response, 404, {message: 'Not found'})
    return
  }
  response.setHeader('Cache-Control', 'public, max-age=31536000')
  send(response, {status: 200, type, body: `/* ${release.version} ${name} */\n`.padEnd(ASSET_BYTES, ' ')})
}
