import {parseEndpoint} from '../../grafana/mesh.ts'
import {type Endpoint, formatEndpoint} from '../../model/backing.ts'

/** nginx knows no state of a server: what gha made of it stands in the file, and the file is the truth. */
export type Mark = 'in' | 'drain' | 'out'

export interface UpstreamServer {
  /** The node's name in the balancer, as the line's comment says it. */
  readonly name: string
  readonly endpoint: Endpoint
  readonly mark: Mark
}

/** The servers of an upstream in a file that gha wrote; undefined when there is no such upstream. */
export function readUpstream(text: string, upstream: string): readonly UpstreamServer[] | undefined {
  const block = blockOf(text, upstream)
  return block?.split('\n').flatMap(line => serverIn(line) ?? [])
}

/**
 * The same file with one server marked; marking it `in` again gives back the bytes that were there before.
 * The upstreams of assets follow when the server is out: until then it serves the pages it has handed out.
 */
export function withMark(
  text: string,
  {upstream, name, mark}: {readonly upstream: string; readonly name: string; readonly mark: Mark},
): string {
  const marked = withMarkIn(text, {upstream, name, mark})
  const ofAssets = [...text.matchAll(UPSTREAM)].flatMap(([, each = '']) => (isOfAssets(each, upstream) ? [each] : []))
  return ofAssets.reduce(
    (marking, each) => withMarkIn(marking, {upstream: each, name, mark: mark === 'out' ? 'out' : 'in'}),
    marked,
  )
}

const UPSTREAM = /^upstream (\S+) \{$/gm

/** That of all nodes, and those of one node each. */
function isOfAssets(name: string, upstream: string): boolean {
  return name.startsWith(`${upstream}_assets`) && /^(_\d+)?$/.test(name.slice(`${upstream}_assets`.length))
}

function withMarkIn(
  text: string,
  {upstream, name, mark}: {readonly upstream: string; readonly name: string; readonly mark: Mark},
): string {
  const block = blockOf(text, upstream)
  if (block === undefined) return text
  const lines = block.split('\n').map(line => (serverIn(line)?.name === name ? lineWith(line, mark) : line))
  return text.replace(block, () => lines.join('\n'))
}

const LINE = /^(\s*server )(\S+)( [^;]*?)?( down)?;( # )(\S+?)(?: (drain|out))?$/

function serverIn(line: string): UpstreamServer | undefined {
  const match = LINE.exec(line)
  const [, , address = '', options = '', down, , name, mark] = match ?? []
  const endpoint = parseEndpoint(address)
  if (name === undefined || !endpoint) return undefined
  const downAs = mark === 'out' ? 'out' : 'drain'
  return {name, endpoint, mark: down === undefined && !DOWN.test(options) ? 'in' : downAs}
}

/** Somebody may have written it before the other words. */
const DOWN = /\sdown(?=\s|$)/

function lineWith(line: string, mark: Mark): string {
  const [down, word] = mark === 'in' ? ['', ''] : [' down', ` ${mark}`]
  return line.replace(
    LINE,
    (_, ...[start, address, options = '', , comment, name]: string[]) =>
      `${start}${address}${options.replace(DOWN, '')}${down};${comment}${name}${word}`,
  )
}

function blockOf(text: string, upstream: string): string | undefined {
  const start = text.indexOf(`\nupstream ${upstream} {\n`)
  const end = text.indexOf('\n}', start)
  return start < 0 || end < 0 ? undefined : text.slice(start, end)
}

export function addressOf({endpoint}: UpstreamServer): string {
  return formatEndpoint(endpoint)
}
