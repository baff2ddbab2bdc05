import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'

/** Where things stand in the balancer host's home. */
export const BALANCER_PLACES = {
  config: 'haproxy.cfg',
  service: 'bin/balancer-service',
  haproxy: 'bin/haproxy',
  log: 'haproxy.log',
}

export interface BalancerServiceOptions {
  readonly home: string
  /** The sandbox's own balancer in the place of HAProxy: a script that takes HAProxy's flags. */
  readonly standIn?: {readonly script: string; readonly environment: Readonly<Record<string, string>>}
}

/** Writes what stands for a service manager on the balancer host: `balancer-service start|reload|stop|status`. */
export function writeBalancerService({home, standIn}: BalancerServiceOptions): void {
  mkdirSync(path.join(home, 'bin'), {recursive: true})
  if (standIn) {
    const settings = Object.entries(standIn.environment).map(([name, value]) => `${name}='${value}' `)
    const line = `${settings.join('')}exec '${process.execPath}' '${standIn.script}' "$@"`
    writeFileSync(path.join(home, BALANCER_PLACES.haproxy), `#!/bin/sh\n${line}\n`, {mode: 0o755})
  }
  writeFileSync(path.join(home, BALANCER_PLACES.service), script(home), {mode: 0o755})
}

function script(home: string): string {
  return `#!/bin/sh
# balancer-service start|reload|stop|status: runs HAProxy, or what the sandbox has in its place, on ${BALANCER_PLACES.config}.
PATH='${home}/bin':$PATH
config='${path.join(home, BALANCER_PLACES.config)}'
pidfile='${path.join(home, 'haproxy.pid')}'
log='${path.join(home, BALANCER_PLACES.log)}'
${BODY}`
}

const BODY = `
running() {
  pid=$(cat "$pidfile" 2>/dev/null) && [ -n "$pid" ] && tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -e "$config"
}

# A new process takes over the ports; the old one finishes what it has.
load() {
  running && set -- -sf "$pid"
  haproxy -D -f "$config" -p "$pidfile" "$@" </dev/null >>"$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}

case $1 in
  start) running || load ;;
  reload) load ;;
  stop) running && kill -TERM "$pid"; exit 0 ;;
  status) running && { echo running; exit 0; }; echo stopped; exit 3 ;;
  *) echo "balancer-service start|reload|stop|status" >&2; exit 2 ;;
esac
`
