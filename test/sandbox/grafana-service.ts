import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'

/** Where things stand in a node's home. */
export const NODE_PLACES = {
  home: 'grafana',
  data: 'data',
  state: 'gha',
  service: 'bin/grafana-service',
  log: 'grafana.log',
}

/** Writes what stands for a service manager on a node: `grafana-service start|stop|restart|status`. */
export function writeGrafanaService(nodeHome: string): void {
  const file = path.join(nodeHome, NODE_PLACES.service)
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(file, script(nodeHome), {mode: 0o755})
}

function script(nodeHome: string): string {
  return `#!/bin/sh
# grafana-service start|stop|restart|status: runs the Grafana that ${NODE_PLACES.home} points to.
# status exits 0 when it runs and 3 when it does not, as systemctl does.
home='${path.join(nodeHome, NODE_PLACES.home)}'
pidfile='${path.join(nodeHome, 'grafana.pid')}'
log='${path.join(nodeHome, NODE_PLACES.log)}'
${BODY}`
}

const BODY = `
# The process id may have gone to another program since.
running() {
  pid=$(cat "$pidfile" 2>/dev/null) && [ -n "$pid" ] && tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -e "--pidfile=$pidfile"
}

start() {
  running && return 0
  if [ -x "$home/bin/grafana" ]; then set -- "$home/bin/grafana" server; else set -- "$home/bin/grafana-server"; fi
  [ -x "$1" ] || { echo "no Grafana at $home" >&2; return 1; }
  cd "$home" || return 1
  setsid sh -c 'echo $$ >"$0" && exec "$@"' "$pidfile" "$@" --homepath="$home" --pidfile="$pidfile" </dev/null >>"$log" 2>&1 &
  tries=0
  until running; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || { echo "Grafana ended at once; see $log" >&2; return 1; }
    sleep 0.1
  done
}

stop() {
  running || return 0
  kill -TERM "$pid"
  tries=0
  while running; do
    tries=$((tries + 1))
    [ "$tries" -lt 350 ] || kill -KILL "$pid"
    sleep 0.1
  done
}

case $1 in
  start) start ;;
  stop) stop ;;
  restart) stop && start ;;
  status) running && { echo running; exit 0; }; echo stopped; exit 3 ;;
  *) echo "grafana-service start|stop|restart|status" >&2; exit 2 ;;
esac
`
