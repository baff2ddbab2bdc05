#!/bin/sh
# HAProxy as somebody else's balancer: what gha's contract asks of a hook, over the runtime socket $1.
set -eu
socket=$1 verb=$2 server=${3:-}
talk() { printf '%s\n' "$1" | socat -t 10 - "UNIX-CONNECT:$socket"; }
sessions() { talk 'show stat' | awk -F, -v name="$1" '$1 == "grafana" && $2 == name { print $5 }'; }
show() {
  talk 'show servers state grafana' | awk -v wished="$1" '/^[0-9]+ grafana / && (wished == "" || $4 == wished) {
    state = "down"
    if ($6 == 2) state = "in"
    if (int($7 / 8) % 4 > 0) state = "drain"
    if ($7 % 8 > 0) state = "out"
    print $4, state, $5 ":" $19
  }' | while read -r name state address; do
    printf '{"server": "%s", "state": "%s", "address": "%s", "current": %s}\n' "$name" "$state" "$address" "$(sessions "$name")"
  done
}
case $verb in
  list) show '' ;;
  status) show "$server" ;;
  drain) talk "set server grafana/$server state drain" ;;
  out) for backend in grafana grafana_assets grafana_any; do talk "set server $backend/$server state maint"; done ;;
  undrain) for backend in grafana_any grafana_assets grafana; do talk "set server $backend/$server state ready"; done ;;
esac
