import {RELABEL} from '../relabel.ts'
import type {ServiceControl} from './service-control.ts'

export interface DeadMan {
  /** gha's folder for the node; it names the units. */
  readonly state: string
  /** Lines of the unit that say when it runs at boot. */
  readonly order: readonly string[]
  /** What else is to be removed with the units. */
  readonly leftovers?: string
}

type Timer = Pick<ServiceControl, 'armTimer' | 'rearmTimer' | 'sleepOn' | 'disarmTimer'>

/** The dead man as a unit and a timer of systemd: he survives a reboot, and has his place in the order of the boot. */
export function deadManTimer({state, order, leftovers}: DeadMan): Timer {
  const revert = `gha-revert-${state.split('/').slice(-2).join('-')}`
  const files = `/etc/systemd/system/${revert}`
  // What `systemctl enable` would do, without its own reload.
  const wants = '/etc/systemd/system/multi-user.target.wants'
  return {
    armTimer: seconds =>
      [
        `cat >${files}.service <<'UNIT' || fail "cannot write ${files}.service"`,
        ...revertService(state, order),
        'UNIT',
        `printf '[Timer]\nOnActiveSec=${seconds}\nAccuracySec=1s\n' >${files}.timer || fail "cannot write ${files}.timer"`,
        RELABEL,
        `mkdir -p ${wants} && ln -sf ${files}.service ${wants}/ && relabel ${files}.service ${files}.timer ${wants}/${revert}.service && systemctl daemon-reload && systemctl restart ${revert}.timer || fail "cannot arm the dead man"`,
      ].join('\n'),
    rearmTimer: `systemctl restart ${revert}.timer`,
    // The timer knows only its first time span: it wakes him again and again, until it is time.
    sleepOn: `systemctl restart --no-block ${revert}.timer`,
    disarmTimer: [
      `systemctl stop ${revert}.timer 2>/dev/null`,
      `rm -f ${wants}/${revert}.service ${files}.service ${files}.timer${leftovers ? ` ${leftovers}` : ''}`,
      // Only to forget what is gone: nobody waits for that.
      'setsid systemctl daemon-reload </dev/null >/dev/null 2>&1 &',
    ].join('\n'),
  }
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
