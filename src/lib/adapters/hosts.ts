import type {SshTarget} from '../model/node.ts'
import type {Host, Hosts} from '../ports/host.ts'
import {connectTarget, type Routes} from './ssh/connect-target.ts'
import {SshHost} from './ssh/host.ts'
import {SshConfigs} from './ssh/ssh-config.ts'

export interface HostsOptions {
  /** A line for the operator. */
  readonly say: (text: string) => void
  /** In place of the operator's own ssh configuration. */
  readonly sshConfigFile?: string
}

/** Hosts over SSH, each connected once however often it is asked for. */
export function createHosts(options: HostsOptions): Hosts {
  const hosts = new Map<string, Promise<Host>>()
  const sshConfigs = new SshConfigs(options.sshConfigFile)
  const routes: Routes = {...options, sshConfigs, jumps: new Map(), resolved: new Map()}
  return {
    connect(name: string, target: SshTarget): Promise<Host> {
      const there = hosts.get(name)
      if (there) return there
      const host = SshHost.open({name, become: target.become, connect: () => connectTarget(name, target, routes)})
      hosts.set(name, host)
      host.catch(() => hosts.delete(name))
      return host
    },
    async closeAll(): Promise<void> {
      const all = [...hosts.values(), ...routes.jumps.values()]
      hosts.clear()
      routes.jumps.clear()
      await Promise.all(all.map(one => one.then(open => open.close()).catch(() => undefined)))
    },
  }
}
