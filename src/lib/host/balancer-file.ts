import type {Lease} from '../model/lease.ts'
import {commandLine, quote, type Script} from '../model/script.ts'
import {fenced} from './fence.ts'
import {RELABEL} from './relabel.ts'
import {takeInput} from './take-input.ts'

export interface BalancerFileWrite {
  readonly state: string
  readonly lease: Lease
  readonly path: string
  readonly content: string
  /** sha256 of what the plan saw there; undefined where there was no file. */
  readonly seen: string | undefined
  /** Judges the file in its place; the old one is put back when this or the reload fails. */
  readonly validate: readonly string[]
  readonly reload: readonly string[]
}

/** Puts the file there, lets the balancer judge it, and only then lets the balancer load it. */
export function writeBalancerFile(write: BalancerFileWrite): Script<void> {
  const path = quote(write.path)
  const input = new TextEncoder().encode(write.content)
  return fenced({
    name: 'write the balancer file',
    state: write.state,
    lease: write.lease,
    body: [
      RELABEL,
      `case "$(if [ -e ${path} ]; then sha256sum <${path} | cut -d' ' -f1; else echo absent; fi)" in ${write.seen ?? 'absent'}) ;; *) fail ${quote(`${write.path} was changed since the plan was made`)} ;; esac`,
      // Hidden, and the old one elsewhere: an include such as `sites-enabled/*` would load a visible copy too.
      `fresh=$(dirname ${path})/.gha-new old=$state/balancer-file`,
      `(umask 022; mkdir -p "$(dirname ${path})") && ${takeInput(input, '"$fresh"')} && chmod 644 "$fresh" && sync || { rm -f "$fresh"; fail "cannot write beside ${write.path}"; }`,
      `rm -f "$old"; if [ -e ${path} ]; then cp -p ${path} "$old" || fail "cannot keep the old file"; fi`,
      `mv -f "$fresh" ${path} && relabel ${path} || fail "cannot write ${write.path}"`,
      'put_back() {',
      `  if [ -e "$old" ]; then cp -p "$old" "$fresh" && mv -f "$fresh" ${path} && relabel ${path}; else rm -f ${path}; fi`,
      '  fail "$1: $(printf %s "$complaint" | tail -n 3 | tr "\\n" " ")"',
      '}',
      `complaint=$(${commandLine(write.validate)} 2>&1) || put_back "the balancer does not accept the new file"`,
      `complaint=$(${commandLine(write.reload)} 2>&1) || put_back "the balancer did not load the new file"`,
      'rm -f "$old"',
    ].join('\n'),
    input,
    deadlineSeconds: 60,
    parse: () => undefined,
  })
}
