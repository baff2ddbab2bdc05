import {GhaError} from '../errors/gha-error.ts'
import type {Host, Hosts} from '../ports/host.ts'

/** The guard behind every dry run: its hosts refuse scripts that change anything. */
export function readOnlyHosts(hosts: Hosts): Hosts {
  return {
    connect: async (name, target) => readOnly(await hosts.connect(name, target)),
    closeAll: () => hosts.closeAll(),
  }
}

function readOnly(host: Host): Host {
  return {
    name: host.name,
    get transport() {
      return host.transport
    },
    async run(script) {
      if (script.mutates) throw refused(host.name, script.name)
      return host.run(script)
    },
    dial: destination => host.dial(destination),
    close: () => host.close(),
  }
}

function refused(node: string, step: string): GhaError {
  return new GhaError('a dry run may not change anything', {
    code: 'DRY_RUN',
    exit: 'bug',
    node,
    step,
    unchanged: 'Nothing was changed.',
  })
}
