import {sha256} from '../model/digest.ts'
import {MANAGED} from './rendered-file.ts'

/**
 * A text of gha's with the sha256 of what follows in its second line, so that the file itself tells whether somebody
 * edited it. gha's own marks of nginx servers that are out (`down`, `# gf1 drain`) do not count.
 */
export function sealed(text: string): string {
  return `${MANAGED}\n${SEAL}${sha256(withoutMarks(text))}\n${text}`
}

/** What a file that stands there is, where it is not what gha wrote there last. */
export function tamperedWith(content: string): 'unmanaged' | 'edited' | undefined {
  if (!content.startsWith(`${MANAGED}\n`)) return 'unmanaged'
  const [, seal = '', ...lines] = content.split('\n')
  return seal === `${SEAL}${sha256(withoutMarks(lines.join('\n')))}` ? undefined : 'edited'
}

const SEAL = '# sha256 of what follows: '

function withoutMarks(text: string): string {
  return text.replaceAll(/^(\s*server [^;]*?) down;( # \S+) (?:drain|out)$/gm, '$1;$2')
}
