import type {Service} from '../../model/node.ts'
import {commandLine, quote} from '../../model/script.ts'
import {secondsLeft} from '../dead-man-time.ts'
import {deadManTimer} from './dead-man-timer.ts'
import {docker} from './docker.ts'
import type {ServiceControl} from './service-control.ts'

/** `state` is gha's folder for the node, and names the dead man's units with it. */
export function serviceControl(service: Service, state: string): ServiceControl {
  switch (service.manager) {
    case 'systemd':
      return systemd(service.unit, state)
    case 'command':
      return command(service)
    case 'docker':
      return docker(service.container, state)
  }
}

/**
 * While held, the unit is masked: Grafana's package restarts it in its postinst, whatever RESTART_ON_UPGRADE says in a
 * file that the same package may overwrite. A unit in /etc stands over a mask in /run, and is told to refuse instead.
 */
function systemd(unit: string, state: string): ServiceControl {
  const name = quote(unit)
  const folder = `/run/systemd/system/${unit.replace(/(\.service)?$/, '.service')}.d`
  const patience = quote(`${folder}/gha-migration.conf`)
  const refusal = quote(`${folder}/gha-hold.conf`)
  return {
    functions: [
      `service_stop() { systemctl stop ${name}; }`,
      // A reboot must not start it: `service_restart` enables it again.
      `service_stay_down() { systemctl disable --quiet ${name}; systemctl stop ${name}; }`,
      // A unit of type notify is not up before its migrations are done, and systemd would end it after 90 s.
      `service_patient() { mkdir -p ${quote(folder)} && printf '[Service]\\nTimeoutStartSec=infinity\\n' >${patience} && systemctl daemon-reload; }`,
      `service_hold() { systemctl mask --runtime --quiet ${name}; case $(systemctl is-enabled ${name} 2>/dev/null) in masked*) ;; *) mkdir -p ${quote(folder)} && printf '[Unit]\\nRefuseManualStart=yes\\n' >${refusal} && systemctl daemon-reload ;; esac; }`,
      `service_release() { systemctl unmask --runtime --quiet ${name}; rm -f ${refusal}; systemctl daemon-reload; }`,
      // One that a script held which was killed is let go first. To enable it makes systemd read all its units again, which costs more than to ask.
      `service_restart() { systemctl reset-failed ${name} 2>/dev/null; enabled=$(systemctl is-enabled ${name} 2>/dev/null); if [ "$enabled" = masked-runtime ] || [ -e ${refusal} ]; then service_release; fi; { [ "$enabled" = enabled ] || systemctl enable --quiet ${name}; } && systemctl $1 restart ${name}; }`,
      // A unit that names no group runs with its user's own.
      `service_group() { group=$(systemctl show --property Group --value ${name}); [ -n "$group" ] || group=$(id -gn "$(systemctl show --property User --value ${name})" 2>/dev/null); printf %s "$group"; }`,
    ].join('\n'),
    ...deadManTimer({state, order: [`Before=${unit}`], leftover: patience}),
  }
}

/**
 * Without systemd the dead man is a detached process: it survives the connection, not a reboot. Its number may be another's
 * since, so only who still has his name is ended; he goes by none any more when he acts, as he starts a Grafana.
 */
function command(service: Extract<Service, {manager: 'command'}>): ServiceControl {
  const arm = `setsid sh -c 'while [ -e "$1/armed" ] && left=${secondsLeft('$1/armed')} && [ "$left" -gt 0 ]; do sleep "$left"; done; [ "$(cat "$1/armed.pid")" != $$ ] || rm -f "$1/armed.pid"; exec /bin/sh "$1/revert.sh"' dead-man "$state" </dev/null >/dev/null 2>&1 &\nprintf %s "$!" >"$state/armed.pid"`
  const disarm = [
    'pid=$(cat "$state/armed.pid" 2>/dev/null)',
    `case "$(tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")" in *" dead-man $state "*) kill -- "-$pid" 2>/dev/null ;; esac`,
    'rm -f "$state/armed.pid"',
  ].join('\n')
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
