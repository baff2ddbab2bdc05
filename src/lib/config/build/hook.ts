import {given} from '../../model/given.ts'
import type {HookCommand, LoadBalancer} from '../../model/load-balancer.ts'
import type {Argv} from '../../model/node.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import type {Build} from './build.ts'
import {secondsOf} from './duration.ts'
import {withoutBrackets} from './endpoint.ts'
import {buildSsh} from './ssh.ts'

type Hook = LoadBalancer & {readonly type: 'hook'}
type HookInput = Extract<ClusterInput['loadBalancer'], {type: 'hook'}>
type CommandInput = HookInput['commands']['list']

/** Balancers of clouds take minutes for what is under way. */
const DRAIN = '5m'
const LOOK_SECONDS = 30
const CHANGE_SECONDS = 120
const TIMES = 3
const EVERY = '2s'

export function buildHook(cluster: ClusterInput, input: HookInput, build: Build): Hook {
  const {list, status, drain, out, undrain} = input.commands
  const host = input.host && {
    name: input.host.name ?? withoutBrackets(input.host.host),
    ssh: buildSsh(
      input.host.host,
      [
        {path: ['ssh'], input: cluster.ssh},
        {path: ['loadBalancer', 'host', 'ssh'], input: input.host.ssh},
      ],
      build,
    ),
  }
  return {
    type: 'hook',
    name: input.name ?? host?.name ?? 'hook',
    folder: build.folder,
    ...given({host}),
    commands: {
      list: command(list, LOOK_SECONDS),
      status: command(status, LOOK_SECONDS),
      drain: command(drain, CHANGE_SECONDS),
      ...given({out: out && command(out, CHANGE_SECONDS)}),
      undrain: command(undrain, CHANGE_SECONDS),
    },
    drainTimeoutSeconds: secondsOf(input.drainTimeout ?? DRAIN),
    confirm: {times: input.confirm?.times ?? TIMES, everySeconds: secondsOf(input.confirm?.every ?? EVERY)},
  }
}

function command(input: CommandInput, deadlineSeconds: number): HookCommand {
  const {run, deadline} = Array.isArray(input) ? {run: input} : {deadline: undefined, ...input}
  return {
    argv: run as unknown as Argv,
    deadlineSeconds: deadline === undefined ? deadlineSeconds : secondsOf(deadline),
  }
}
