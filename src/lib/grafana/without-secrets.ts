import {SOUNDS_SECRET} from './secret-names.ts'

/** Words of Grafana without what sounds like a secret in them: an error may quote how it wanted to log in. */
export function withoutSecrets(words: string): string {
  return words.replaceAll(LOGIN, '[secret]@').replaceAll(ASSIGNED, (_, name: string) => `${name}[secret]`)
}

/** `user:password@`, in an address or in what a driver is told; the last @ before the host ends it. */
const LOGIN = /[^\s/:@"'=]+:(?!\/\/)[^\s@"']+(?:@[^\s/@"']*(?=@))*@/g
const ASSIGNED = new RegExp(
  `([\\w.-]*(?:${SOUNDS_SECRET})[\\w.-]*["']?\\s*[=:]\\s*)(?:"[^"]*"?|'[^']*'?|[^\\s,;&]+)`,
  'gi',
)
