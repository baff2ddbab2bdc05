import {GhaError} from '../errors/gha-error.ts'
import {RECORD_FUNCTIONS, readRecords} from '../model/records.ts'
import type {Release} from '../model/release.ts'
import {parseManifest} from '../model/release-manifest.ts'
import {quote, type Script} from '../model/script.ts'

/** What a release that is on the node consists of. @throws GhaError `RELEASE_MISSING` */
export function readRelease(state: string, id: string): Script<Release> {
  return {
    name: 'read a release',
    text: `${RECORD_FUNCTIONS}\nrecord manifest "$(cat ${quote(`${state}/releases/${id}/manifest`)} 2>/dev/null)"`,
    mutates: false,
    deadlineSeconds: 15,
    parse: ({stdout}) => {
      const release = parseManifest(id, readRecords(stdout).get('manifest')?.[0] ?? '')
      if (release) return release
      throw new GhaError(`release ${id} is not on this node`, {
        code: 'RELEASE_MISSING',
        exit: 'preflight',
        unchanged: 'Nothing was changed.',
        hint: 'Choose a version with `gha rollout --to VERSION`: its release is made anew.',
      })
    },
  }
}
