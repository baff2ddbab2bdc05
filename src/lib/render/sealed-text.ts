import {sha256} from '../model/digest.ts'
import {MANAGED} from './rendered-file.ts'

/**
 * A text of gha's with the sha256 of what follows in its second line, so that the file itself tells whether somebody
 * edited it. gha's own marks of nginx servers that are out (`down`, `# gf1 drain`) do not count.
 */
export function sealed(text: string): string {
  return `${MANAGED}\n${SEAL}${sha256(withoutMarks(text))}\n${text}`
}

/** The same, of one cluster alone: the first line under the seal names it. */
export function sealedFor(cluster: string, text: string): string {
  return sealed(`${OWNER}${cluster}\n${text}`)
}

export type Tampered =
  | {readonly how: 'unmanaged' | 'edited'}
  /** gha wrote it, for another cluster. */
  | {readonly how: 'of-another-cluster'; readonly owner: string}

/** What a file that stands there is, where it is not what gha wrote there last for this cluster. */
export function tamperedWith(content: string, cluster: string): Tampered | undefined {
  if (!content.startsWith(`${MANAGED}\n`)) return {how: 'unmanaged'}
  const [, seal = '', ...lines] = content.split('\n')
  const owner = lines[0]?.startsWith(OWNER) ? lines[0].slice(OWNER.length).trim() : cluster
  if (owner !== cluster) return {how: 'of-another-cluster', owner}
  return seal === `${SEAL}${sha256(withoutMarks(lines.join('\n')))}` ? undefined : {how: 'edited'}
}

const OWNER = '# Of the cluster '
const SEAL = '# sha256 of what follows: '

function withoutMarks(text: string): string {
  return text.replaceAll(/^([ \t]*server [^;\n]*?) down;( # \S+) (?:drain|out)$/gm, '$1;$2')
}
