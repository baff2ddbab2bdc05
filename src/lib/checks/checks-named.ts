import {GhaError} from '../errors/gha-error.ts'
import type {Check} from './check.ts'
import {CHECKS} from './registry.ts'

/** The checks whose id begins with one of the prefixes; all without any. @throws GhaError `CHECK_UNKNOWN` */
export function checksNamed(prefixes: readonly string[]): readonly Check[] {
  const lost = prefixes.find(prefix => !CHECKS.some(({id}) => id.startsWith(prefix)))
  if (lost !== undefined) throw unknownCheck(lost)
  return CHECKS.filter(({id}) => prefixes.length === 0 || prefixes.some(prefix => id.startsWith(prefix)))
}

function unknownCheck(prefix: string): GhaError {
  const areas = [...new Set(CHECKS.map(({id}) => id.split('/')[0]))]
  return new GhaError(`no check begins with ${JSON.stringify(prefix)}`, {
    code: 'CHECK_UNKNOWN',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: `Begin with one of ${areas.join(', ')}, as in \`gha check --only database\`.`,
  })
}
