import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import {quote, type Script} from '../model/script.ts'
import type {InstallMethod} from './install/method.ts'

/** What a host has of what it needs to install a version and to go back, so that only the rest must be pushed. */
export interface PackagesThere {
  readonly wished: 'at-hand' | 'missing'
  /** The installed version, as the install method spells it; undefined where its package is at hand, or nothing is installed. */
  readonly missingPrevious?: string
  /** As `uname -m` calls it. */
  readonly machine: string
}

export function lookForPackages(state: string, install: InstallMethod, version: string): Script<PackagesThere> {
  const wished = quote(version)
  return {
    name: 'look for the packages',
    text: [
      RECORD_FUNCTIONS,
      `state=${quote(state)}`,
      install.functions,
      `if package_at_hand ${wished}; then record wished yes; fi`,
      'current=$(package_current)',
      `if [ -n "$current" ] && [ "$current" != ${wished} ] && ! package_at_hand "$current"; then record missing "$current"; fi`,
      'record machine "$(uname -m)"',
    ].join('\n'),
    mutates: false,
    deadlineSeconds: 30,
    parse: ({stdout}) => {
      const records = readRecords(stdout)
      const missing = records.get('missing')?.[0]
      return {
        wished: records.has('wished') ? 'at-hand' : 'missing',
        machine: records.get('machine')?.[0] ?? '',
        ...(missing ? {missingPrevious: missing} : {}),
      }
    },
  }
}
