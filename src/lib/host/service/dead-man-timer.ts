import {RELABEL} from '../relabel.ts'
import type {ServiceControl} from './service-control.ts'

export interface DeadMan {
  /** gha's folder for the node; it names the units. */
  readonly state: string
  /** Lines of the unit that say when it runs at boot. */
  readonly order: readonly string[]
  /** A file of systemd that stands only while a run may need it, as a word of the shell. */
  readonly leftover?: string
}

type Timer = Pick<ServiceControl, 'armTimer' | 'rearmTimer' | 'sleepOn' | 'disarmTimer'>

/**
 * The dead man as a unit and a timer of systemd: he survives a reboot, and has his place in the order of the boot. The
 * units stay, and do nothing unless he is armed: to come and go they would make systemd read all its units twice a turn.
 */
export function deadManTimer({state, order, leftover}: DeadMan): Timer {
  const revert = `gha-revert-${state.split('/').slice(-2).join('-')}`
  const files = `/etc/systemd/system/${revert}`
  // What `systemctl enable` would do, without its own reload.
  const wants = '/etc/systemd/system/multi-user.target.wants'
  return {
    armTimer: seconds =>
      [
        PUT_UNIT,
        `put_unit ${files}.service <<'UNIT' || fail "cannot write ${files}.service"`,
        ...revertService(state, order),
        'UNIT',
        `printf '[Timer]\nOnActiveSec=${seconds}\nAccuracySec=1s\n' | put_unit ${files}.timer || fail "cannot write ${files}.timer"`,
        RELABEL,
        `mkdir -p ${wants} && ln -sf ${files}.service ${wants}/ && relabel ${files}.service ${files}.timer ${wants}/${revert}.service || fail "cannot arm the dead man"`,
        `case $(systemctl show --property NeedDaemonReload --value ${revert}.service ${revert}.timer) in *yes*) systemctl daemon-reload ;; esac`,
        `systemctl restart ${revert}.timer || fail "cannot arm the dead man"`,
      ].join('\n'),
    rearmTimer: `systemctl restart ${revert}.timer`,
    // The timer knows only its first time span: it wakes him again and again, until it is time.
    sleepOn: `systemctl restart --no-block ${revert}.timer`,
    disarmTimer: [`systemctl stop ${revert}.timer 2>/dev/null`, ...(leftover ? [forgotten(leftover)] : [])].join('\n'),
  }
}

/** A unit that is right already is not touched: systemd would read all units anew. */
const PUT_UNIT = `put_unit() { cat >"$1.new" && if cmp -s "$1.new" "$1"; then rm -f "$1.new"; else { sync "$1.new" 2>/dev/null || sync; } && mv -f "$1.new" "$1"; fi; }`

/** Nobody waits until systemd has forgotten it. */
function forgotten(file: string): string {
  return `if [ -e ${file} ]; then rm -f ${file}; setsid systemctl daemon-reload </dev/null >/dev/null 2>&1 & fi`
}

function revertService(state: string, order: readonly string[]): readonly string[] {
  return [
    '[Unit]',
    'Description=Put the previous Grafana release back, because gha did not confirm the new one',
    `ConditionPathExists=${state}/armed`,
    ...order,
    '[Service]',
    'Type=oneshot',
    `ExecStart=/bin/sh ${state}/revert.sh`,
  ]
}
