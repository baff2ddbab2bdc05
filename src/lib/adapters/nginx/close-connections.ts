import type {Endpoint} from '../../model/backing.ts'
import {quote, type Script} from '../../model/script.ts'

/** Closes what this host still holds open to an endpoint, where its kernel and iproute2 allow that; else leaves it. */
export function closeConnections(endpoint: Endpoint): Script<void> {
  return {
    name: 'close connections to the node',
    text: [...closing(endpoint), 'exit 0'].join('\n'),
    mutates: true,
    deadlineSeconds: 20,
    parse: () => undefined,
  }
}

/** The same as lines of a longer script. */
export function closing({host, port}: Endpoint): readonly string[] {
  return [
    `for address in $(getent ahosts ${quote(host)} | cut -d' ' -f1 | sort -u); do`,
    `  case $address in *:*) address="[$address]" ;; esac`,
    `  ss -K state established dst "$address" dport = ${port} >/dev/null 2>&1`,
    'done',
  ]
}
