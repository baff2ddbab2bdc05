import {GhaError} from '../errors/gha-error.ts'
import type {Lease} from '../model/lease.ts'
import {formatMigrationMark, type MigrationMark} from '../model/migration-mark.ts'
import {quote, type Script} from '../model/script.ts'
import {type Activation, activationFunctions} from './activation.ts'
import {countFromNow, DEAD_MAN_COUNTS, DEAD_MAN_WAITS, inSeconds, secondsLeft} from './dead-man-time.ts'
import {type FencedScript, fenced} from './fence.ts'
import {PRUNE_PLUGINS} from './plugins.ts'
import type {ServiceControl} from './service/service-control.ts'

export interface Arming {
  /** The release to put back. Undefined: nothing to go back to, so the node is only marked as taken out by this run. */
  readonly previous?: string
  readonly seconds: number
  /** Set on the node that migrates the schema for all. */
  readonly migrates?: MigrationMark
}

/**
 * Arms the node: unless disarmed in time it puts its previous release back by itself, also after a reboot.
 * It never goes back into the balancer by itself: `out` stays until gha has looked.
 */
export function armDeadMan(
  {state, lease, install, service}: Activation,
  {previous, seconds, migrates}: Arming,
): Script<void> {
  return briefly({
    name: 'arm',
    state,
    lease,
    body: [
      `printf '%s\\n' ${quote(lease.run)} >"$state/out" || fail "cannot write in $state"`,
      ...(migrates
        ? [
            `printf %s ${quote(formatMigrationMark(migrates))} >"$state/migrating" && sync "$state/migrating" || fail "cannot write in $state"`,
          ]
        : []),
      ...(previous === undefined
        ? [stoodDown(service)]
        : [
            'rm -f "$state/begun"',
            revertFile(state, {functions: activationFunctions(install, service), sleepOn: service.sleepOn, previous}),
            `printf '%s\\n' ${quote(lease.run)} ${quote(previous)} "${inSeconds(seconds)}" "$(${BOOT})" >"$state/armed" || fail "cannot write in $state"`,
            // A swap is on the disk piece by piece, half a minute before what was written here would be by itself.
            '{ sync "$state/out" "$state/revert.sh" "$state/armed" 2>/dev/null || sync; } || fail "cannot write in $state"',
            service.armTimer(seconds),
          ]),
    ].join('\n'),
  })
}

/** Three releases are kept beside the one to go back to, and the packages that the kept ones name. */
const PRUNE = `
keep="$(cat "$state/release" 2>/dev/null) $(cat "$state/previous" 2>/dev/null)"
ls -t "$state/releases" | tail -n +4 | while read -r old; do
  case " $keep " in *" $old "*) ;; *) rm -rf "$state/releases/$old" ;; esac
done
${PRUNE_PLUGINS}
package_prune $(sed -n "s/^version$(printf '\\t')//p" "$state"/releases/*/manifest)`.trim()

export interface Disarming {
  /** `armed`: whoever confirms a release has him there still. `anything`: who goes back himself, or has armed nobody. */
  readonly expects: 'armed' | 'anything'
}

/**
 * The new release is confirmed, or was reverted by gha itself.
 * @throws GhaError `DEAD_MAN_ACTED` where he is expected and gone: what was looked at does not run any more
 */
export function disarmDeadMan(
  {state, lease, install, service}: Activation,
  {expects}: Disarming = {expects: 'anything'},
): Script<void> {
  return fenced({
    name: 'disarm',
    state,
    lease,
    body: [
      ...(expects === 'armed' ? ['[ -e "$state/armed" ] || { record acted yes; exit 0; }'] : []),
      stoodDown(service),
      'rm -f "$state/reverted" "$state/migrating"',
      install.functions,
      PRUNE,
    ].join('\n'),
    // A slow disk takes its time to forget old packages and images, which is nothing against the node.
    deadlineSeconds: 300,
    parse: records => {
      if (records.has('acted')) throw deadManActed()
    },
  })
}

function deadManActed(): GhaError {
  return new GhaError('its dead man has put the old release back: its time was over, or the node was rebooted', {
    code: 'DEAD_MAN_ACTED',
    exit: 'partial',
    step: 'disarm',
    unchanged: 'It stays out of the balancer, on its old release.',
    hint: 'Look at the node with `gha check`, then run the same command again: it is swapped anew.',
  })
}

/** Shell text: nobody puts an old release back any more. First the word that he goes by: cut halfway, it would name one who is gone. */
export function stoodDown({disarmTimer}: ServiceControl): string {
  return `rm -f "$state/armed" "$state/begun" "$state/revert.sh"\n${disarmTimer}`
}

/**
 * The dead man of an earlier run is this one's; while a Grafana may migrate he goes on waiting. Or he goes: where gha.yaml
 * wants no node to go back any more.
 * @throws GhaError `SCRIPT_FAILED` when he has put the old release back meanwhile
 */
export function rearmDeadMan({state, lease, service}: Activation, seconds: number | 'gone'): Script<void> {
  return briefly({
    name: 'rearm',
    state,
    lease,
    body: [
      '[ -e "$state/armed" ] || fail "it has put its old release back by itself meanwhile"',
      `printf '%s\\n' ${quote(lease.run)} >"$state/out" || fail "cannot write in $state"`,
      seconds === 'gone' ? 'rm -f "$state/armed"' : extendDeadline({service}, seconds),
    ].join('\n'),
  })
}

/** Where his time counts; one who waits for a migration goes on waiting. */
export function extendDeadMan({state, lease, service}: Activation, seconds: number): Script<void> {
  return briefly({
    name: 'give it more time',
    state,
    lease,
    body: extendDeadline({service}, seconds),
  })
}

/** Whoever migrates is not killed: the dead man, where there is one, does nothing until his time is let count again. */
export function letDeadManWait({state, lease}: Activation): Script<void> {
  return briefly({
    name: 'let the dead man wait',
    state,
    lease,
    body: `${DEAD_MAN_WAITS} || fail "cannot write in $state"`,
  })
}

/** The migration is over: from now on the new release has so many seconds to be confirmed. */
export function letDeadManCount({state, lease, service}: Activation, seconds: number): Script<void> {
  return briefly({
    name: 'let the dead man count',
    state,
    lease,
    body: [
      'if [ -e "$state/armed" ]; then',
      `${countFromNow(seconds)} || fail "cannot write in $state"`,
      service.rearmTimer,
      'fi',
    ].join('\n'),
  })
}

/** The node serves again: gha no longer holds it out. */
export function markServing({state, lease}: Pick<Activation, 'state' | 'lease'>): Script<void> {
  return briefly({
    name: 'mark as serving',
    state,
    lease,
    body: 'rm -f "$state/out"',
  })
}

/** Behind the fence, within half a minute, and with nothing to answer. */
function briefly(script: Pick<FencedScript<void>, 'name' | 'state' | 'lease' | 'body'>): Script<void> {
  return fenced({...script, deadlineSeconds: 30, parse: () => undefined})
}

/** Shell text that fails when the dead man of this run has stood down, after his time or a reboot. */
export function stillArmed({run}: Lease): string {
  return `[ "$(sed -n 1p "$state/armed" 2>/dev/null)" = ${quote(run)} ] || fail "the time of this swap was over, or the node was rebooted: it stays on its old release"`
}

/** Shell text that gives a new deadline to a dead man whose time counts: after a swap that took its time. */
export function extendDeadline({service}: Pick<Activation, 'service'>, seconds: number): string {
  return [`if ${DEAD_MAN_COUNTS}; then`, countFromNow(seconds), service.rearmTimer, 'fi'].join('\n')
}

/** Prints what changes with every boot: the kernel's id, and the start of process 1 where a container shares the kernel. */
const BOOT = `printf '%s-%s' "$(cat /proc/sys/kernel/random/boot_id)" "$(cut -d' ' -f22 /proc/1/stat)"`

interface Revert {
  /** Shell functions that activate a release. */
  readonly functions: string
  readonly sleepOn: string
  readonly previous: string
}

/**
 * The dead man waits for a script of gha that still runs, then looks again: disarmed, or given more time, he does nothing.
 * After a reboot he does not wait, unless for a migration: the release was never confirmed. Where no swap has begun there
 * is nothing to put back.
 */
function revertFile(state: string, {functions, sleepOn, previous}: Revert): string {
  return [
    `cat >"$state/revert.sh" <<'GHA_REVERT' || fail "cannot write in $state"`,
    `state=${quote(state)}`,
    'exec 9>"$state/guard"; flock 9',
    `${DEAD_MAN_COUNTS} || exit 0`,
    `if [ "$(sed -n 4p "$state/armed")" = "$(${BOOT})" ] && [ "${secondsLeft('$state/armed')}" -gt 0 ]; then ${sleepOn}; exit 0; fi`,
    'if [ ! -e "$state/begun" ]; then rm -f "$state/armed"; exit 0; fi',
    functions,
    `{ activate ${quote(previous)} --no-block && date -u +%Y-%m-%dT%H:%M:%SZ >"$state/reverted"; } 9>&-`,
    'rm -f "$state/armed"',
    'GHA_REVERT',
  ].join('\n')
}
