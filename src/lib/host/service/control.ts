import {GhaError} from '../../errors/gha-error.ts'
import type {Service} from '../../model/node.ts'
import {commandLine, quote} from '../../model/script.ts'
import {RELABEL} from '../relabel.ts'

/** Shell functions over whatever runs Grafana on the node, so that the script around them need not know. */
export interface ServiceControl {
  /** Defines `service_stop`, `service_stay_down`, `service_restart`, `service_patient`, `service_hold`, `service_release`, `service_group`. */
  readonly functions: string
  /** Shell text that makes the dead man run `$state/revert.sh` after so many seconds; survives a reboot where it can. */
  readonly armTimer: (seconds: number) => string
  /** Shell text that wakes the dead man at the time that stands in `$state/armed` now, or somewhat later. */
  readonly rearmTimer: string
  /** The same, for the dead man himself who was woken too early. */
  readonly sleepOn: string
  readonly disarmTimer: string
}

/** `state` is gha's folder for the node, and names the dead man's units with it. */
export function serviceControl(service: Service, state: string): ServiceControl {
  switch (service.manager) {
    case 'systemd':
      return systemd(service.unit, state)
    case 'command':
      return command(service)
    case 'docker':
      throw new GhaError('gha cannot change a Grafana in docker yet', {
        code: 'SERVICE_UNSUPPORTED',
        exit: 'unsupported',
        unchanged: 'Nothing was changed.',
        hint: 'Use `service: { manager: systemd }` or `command`; `gha check` and `gha render` work either way.',
      })
  }
}

/**
 * While held, the unit is masked: Grafana's package restarts it in its postinst, whatever RESTART_ON_UPGRADE says in a
 * file that the same package may overwrite.
 */
function systemd(unit: string, state: string): ServiceControl {
  const name = quote(unit)
  const revert = `gha-revert-${state.split('/').slice(-2).join('-')}`
  const files = `/etc/systemd/system/${revert}`
  const patience = `/run/systemd/system/${unit.replace(/(\.service)?$/, '.service')}.d`
  // What `systemctl enable` would do, without its own reload.
  const wants = '/etc/systemd/system/multi-user.target.wants'
  return {
    functions: [
      `service_stop() { systemctl stop ${name}; }`,
      // A reboot must not start it: `service_restart` enables it again.
      `service_stay_down() { systemctl disable --quiet ${name}; systemctl stop ${name}; }`,
      // A unit of type notify is not up before its migrations are done, and systemd would end it after 90 s.
      `service_patient() { mkdir -p ${patience} && printf '[Service]\\nTimeoutStartSec=infinity\\n' >${patience}/gha-migration.conf && systemctl daemon-reload; }`,
      `service_hold() { systemctl mask --runtime --quiet ${name}; }`,
      `service_release() { systemctl unmask --runtime --quiet ${name}; systemctl daemon-reload; }`,
      // To enable it makes systemd read all its units again, which costs more than to ask.
      `service_restart() { systemctl reset-failed ${name} 2>/dev/null; { [ "$(systemctl is-enabled ${name} 2>/dev/null)" = enabled ] || systemctl enable --quiet ${name}; } && systemctl $1 restart ${name}; }`,
      `service_group() { systemctl show --property Group --value ${name}; }`,
    ].join('\n'),
    armTimer: seconds =>
      [
        `cat >${files}.service <<'UNIT' || fail "cannot write ${files}.service"`,
        ...revertService(unit, state),
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
      `rm -f ${wants}/${revert}.service ${files}.service ${files}.timer ${patience}/gha-migration.conf`,
      // Only to forget what is gone: nobody waits for that.
      'setsid systemctl daemon-reload </dev/null >/dev/null 2>&1 &',
    ].join('\n'),
  }
}

function revertService(unit: string, state: string): readonly string[] {
  return [
    '[Unit]',
    'Description=Put the previous Grafana release back, because gha did not confirm the new one',
    `ConditionPathExists=${state}/armed`,
    `Before=${unit}`,
    '[Service]',
    'Type=oneshot',
    `ExecStart=/bin/sh ${state}/revert.sh`,
  ]
}

/** Without systemd the dead man is a detached process: it survives the connection, not a reboot. */
function command(service: Extract<Service, {manager: 'command'}>): ServiceControl {
  const arm = `setsid sh -c 'while [ -e "$1/armed" ] && left=$(( $(sed -n 3p "$1/armed") - $(date +%s) )) && [ "$left" -gt 0 ]; do sleep "$left"; done; exec /bin/sh "$1/revert.sh"' dead-man "$state" </dev/null >/dev/null 2>&1 &\nprintf %s "$!" >"$state/armed.pid"`
  const disarm = 'pid=$(cat "$state/armed.pid" 2>/dev/null) && kill -- "-$pid" 2>/dev/null; rm -f "$state/armed.pid"'
  return {
    functions: [
      `service_stop() { ${commandLine(service.stop)}; }`,
      'service_stay_down() { service_stop; }',
      'service_patient() { :; }',
      'service_hold() { :; }',
      'service_release() { :; }',
      // What a Grafana prints that runs on with the script's streams must fill no file.
      `service_restart() { ${commandLine(service.restart)} >/dev/null; }`,
      'service_group() { id -gn; }',
    ].join('\n'),
    armTimer: () => arm,
    rearmTimer: `${disarm}\n${arm}`,
    sleepOn: ':',
    disarmTimer: disarm,
  }
}
