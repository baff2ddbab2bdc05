import {given} from '../../model/given.ts'
import {quote} from '../../model/script.ts'
import type {ResolvedTarget} from '../ssh/resolved-target.ts'

export interface Way {
  /** Jump hosts first, the target last. */
  readonly hops: readonly ResolvedTarget[]
  readonly configFile?: string
}

/** Arguments that hold for every hop: nobody is asked anything, no unknown key is taken, nothing is forwarded by itself. */
const STRICT = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  'ConnectTimeout=10',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'ControlPersist=no',
  'LogLevel=ERROR',
]

/** `ssh` arguments to the last hop, without a command. */
export function sshArguments({hops, configFile}: Way): readonly string[] {
  const target = hops.at(-1)
  if (!target) return []
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...STRICT.flatMap(option => ['-o', option]),
    ...identity(target),
    '-o',
    `UserKnownHostsFile=${target.knownHostsFiles.map(inConfigWord).join(' ') || 'none'}`,
    '-o',
    'GlobalKnownHostsFile=none',
    '-p',
    String(target.port),
    '-l',
    target.user,
    ...throughJumps(hops, configFile),
  ]
}

/** The last argument: what the operator calls the host, so that its block in the ssh configuration applies. */
export function destinationOf({hops}: Way): string {
  return hops.at(-1)?.given ?? ''
}

function identity(target: ResolvedTarget): readonly string[] {
  if (!target.identitiesOnly) return []
  return ['-o', 'IdentitiesOnly=yes', ...target.identityFiles.flatMap(file => ['-i', file])]
}

/** `ProxyJump` would let the jump host's ssh ask questions and take other keys, so the way is spelled out. */
function throughJumps(hops: readonly ResolvedTarget[], configFile: string | undefined): readonly string[] {
  const before = hops.slice(0, -1)
  if (before.length === 0) return []
  const way: Way = {hops: before, ...given({configFile})}
  const words = ['ssh', '-S', 'none', ...sshArguments(way)].map(word => quote(word.replaceAll('%', '%%')))
  return ['-o', `ProxyCommand=${words.join(' ')} -W '[%h]:%p' ${quote(destinationOf(way).replaceAll('%', '%%'))}`]
}

function inConfigWord(file: string): string {
  return /[\s"]/.test(file) ? `"${file}"` : file.replaceAll('%', '%%')
}
