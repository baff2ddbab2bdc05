import {GhaError} from '../errors/gha-error.ts'
import type {Host, Hosts} from '../ports/host.ts'

/** The guard behind a dry run: hosts that read and dial as they are, and refuse every script that mutates. */
export function refusingMutations(hosts: Hosts): Hosts {
  return {
    connect: async (name, target) => refusing(await hosts.connect(name, target)),
    closeAll: () => hosts.closeAll(),
  }
}

function refusing(host: Host): Host {
  return {
    name: host.name,
    get transport() {
      return host.transport
    },
    async run(script) {
      if (!script.mutates) return host.run(script)
      throw new GhaError(`a dry run was about to run \`${script.name}\``, {
        code: 'DRY_RUN_MUTATION',
        exit: 'bug',
        node: host.name,
        unchanged: 'Nothing was changed.',
        hint: 'This is a mistake in gha: please report it with the command you ran.',
      })
    },
    dial: destination => host.dial(destination),
    close: () => host.close(),
  }
}
