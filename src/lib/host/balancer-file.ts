import type {Lease} from '../model/lease.ts'
import {commandLine, quote, type Script} from '../model/script.ts'
import {fenced} from './fence.ts'

export interface BalancerFileWrite {
  readonly state: string
  readonly lease: Lease
  readonly path: string
  readonly content: string
  /** sha256 of what the plan saw there; undefined where there was no file. */
  readonly seen: string | undefined
  /** Judges the file in its place; the old one is put back when it fails. */
  readonly validate: readonly string[]
  readonly reload: readonly string[]
}

/** Puts the file there, lets the balancer judge it, and only then lets the balancer load it. */
export function writeBalancerFile(write: BalancerFileWrite): Script<void> {
  const path = quote(write.path)
  return fenced({
    name: 'write the balancer file',
    state: write.state,
    lease: write.lease,
    body: [
      `case "$(if [ -e ${path} ]; then sha256sum <${path} | cut -d' ' -f1; else echo absent; fi)" in ${write.seen ?? 'absent'}) ;; *) fail ${quote(`${write.path} was changed since the plan was made`)} ;; esac`,
      `(umask 022; mkdir -p "$(dirname ${path})") && cat >${path}.gha-new && chmod 644 ${path}.gha-new && sync || fail "cannot write in the folder of ${write.path}"`,
      `if [ -e ${path} ]; then cp -p ${path} ${path}.gha-prev; fi`,
      `mv -f ${path}.gha-new ${path} || fail "cannot write ${write.path}"`,
      `if ! complaint=$(${commandLine(write.validate)} 2>&1); then`,
      `  if [ -e ${path}.gha-prev ]; then mv -f ${path}.gha-prev ${path}; else rm -f ${path}; fi`,
      '  fail "the balancer does not accept the new file: $(printf %s "$complaint" | tail -n 3 | tr "\\n" " ")"',
      'fi',
      `complaint=$(${commandLine(write.reload)} 2>&1) || fail "the balancer did not load the new file: $complaint"`,
      `rm -f ${path}.gha-prev`,
    ].join('\n'),
    input: new TextEncoder().encode(write.content),
    deadlineSeconds: 60,
    parse: () => undefined,
  })
}
