import {given} from '../../model/given.ts'
import type {Become, JumpHost, SshTarget} from '../../model/node.ts'
import type {Path} from '../problem.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import {type Build, localFile} from './build.ts'
import {endpointOf, withoutBrackets} from './endpoint.ts'

type SshInput = NonNullable<ClusterInput['ssh']>

export interface SshLayer {
  readonly path: Path
  readonly input: SshInput | undefined
}

/** Later layers win key by key: the cluster's `ssh`, then the host's own. */
export function buildSsh(host: string, layers: readonly SshLayer[], build: Build): SshTarget {
  const input: SshInput = Object.assign({}, ...layers.map(layer => layer.input))
  return {
    host: withoutBrackets(host),
    ...given({
      port: input.port,
      user: input.user,
      identityFile: input.identityFile && localFile(build, input.identityFile),
      knownHostsFile: input.knownHosts && localFile(build, input.knownHosts),
    }),
    jump: jumps(input.jump),
    become: become(input, layers, build),
    transport: input.transport ?? 'auto',
  }
}

/** root needs no sudo, unless it is asked for. */
function become(input: SshInput, layers: readonly SshLayer[], {secrets}: Build): Become {
  const method = input.become ?? (input.user === 'root' ? 'none' : 'sudo')
  if (method === 'none') return {method}
  const nearest = layers.findLast(layer => layer.input?.becomePassword !== undefined)
  return {method, ...given({password: nearest && secrets.get([...nearest.path, 'becomePassword'].join('/'))})}
}

function jumps(jump: SshInput['jump'] = []): readonly JumpHost[] {
  const list = typeof jump === 'string' ? [jump] : jump
  return list.map(jumpHost)
}

function jumpHost(text: string): JumpHost {
  const at = text.lastIndexOf('@')
  const user = at < 0 ? undefined : text.slice(0, at)
  const {host, port} = endpointOf(text.slice(at + 1), 0)
  return {host, ...given({port: port || undefined, user})}
}
