# What an operator writes who has no tool: ssh config, then name and address of each node. Prints when a turn began and ended.
config=$1
shift
lb() { ssh -F "$config" haproxy "echo '$1' | sudo -n socat - /run/haproxy/admin.sock"; }
event() { echo "{\"type\":\"$1\",\"node\":\"$name\",\"step\":\"turn\",\"at\":$(date +%s%3N)${2:+,\"restart\":$2}}"; }
field() { lb 'show stat' | awk -F, -v node="$name" -v place="$1" '$1 == "grafana" && $2 == node { print $place }'; }
while [ $# -gt 0 ]; do
  name=$1 address=$2
  shift 2
  event step-started
  servers=$(lb 'show servers state' | awk -v node="$name" '$4 == node { print $2 "/" $4 }')
  orders() { for server in $servers; do printf 'set server %s state %s;' "$server" "$1"; done; }
  lb "set server grafana/$name state drain" >/dev/null
  drained=$(date +%s%3N)
  until [ "$(field 5)" = 0 ]; do sleep 0.5; done
  sleep "$(awk -v now="$(date +%s%3N)" -v then="$drained" 'BEGIN { left = 3 - (now - then) / 1000; print (left > 0 ? left : 0) }')"
  lb "$(orders maint)" >/dev/null
  restart=$(ssh -F "$config" "$name" 'from=$(date +%s%3N); sudo -n systemctl restart grafana-server
    until curl -sf -o /dev/null -m 2 http://'"$address"':3000/api/health; do sleep 0.1; done; echo $(($(date +%s%3N) - from))')
  for look in 1 2; do
    curl -sf -o /dev/null -m 5 "http://$address:3000/api/health" || exit 1
    sleep 5.05
  done
  curl -sf -o /dev/null -m 5 "http://$address:3000/api/health" || exit 1
  lb "$(orders ready)" >/dev/null
  until field 18 | grep -q ^UP; do sleep 0.2; done
  sleep 3
  event step-done "$restart"
done
