import {didYouMean} from '../../config/nearest.ts'
import type {ExitName} from '../../errors/exit-codes.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {BalancerHost} from '../../model/load-balancer.ts'
import type {RuntimeAnswer} from './runtime-script.ts'

export type Missing =
  | {readonly kind: 'backend'; readonly name: string}
  | {readonly kind: 'server'; readonly name: string; readonly backend: string | undefined}

export interface MissingThere {
  readonly host: BalancerHost
  /** What is there. */
  readonly names: readonly string[]
  /** Whose configuration it is. */
  readonly owned: 'by gha' | 'by the operator'
}

export function noSuch(missing: Missing, {host, names, owned}: MissingThere): GhaError {
  const place = missing.kind === 'server' ? ` in the backend ${missing.backend}` : ''
  const key = missing.kind === 'backend' ? '`loadBalancer.backend`' : "the node's `balancerName`"
  return new GhaError(
    `HAProxy has no ${missing.kind} named ${missing.name}${place}${didYouMean(missing.name, new Set(names))}`,
    {
      code: missing.kind === 'backend' ? 'BALANCER_NO_BACKEND' : 'BALANCER_NO_SERVER',
      exit: 'preflight',
      node: host.name,
      hint:
        owned === 'by gha'
          ? `Run \`gha apply\`, which writes the file of HAProxy, or correct ${key} in gha.yaml.`
          : `Correct ${key} in gha.yaml, or HAProxy's configuration.`,
    },
  )
}

export interface Powerless {
  readonly host: BalancerHost
  readonly socket: string
  readonly exit: ExitName
}

/** A socket that answers questions and takes no orders. */
export function withoutRights({host, socket, exit}: Powerless, words: string): GhaError {
  return new GhaError(`HAProxy's socket ${socket} takes no orders: ${words}`, {
    code: 'BALANCER_SOCKET_LEVEL',
    exit,
    node: host.name,
    hint: `Give the socket ${socket} \`level admin\` in HAProxy's configuration, then run the command again.`,
  })
}

const HINTS: Readonly<Record<Exclude<RuntimeAnswer['type'], 'answered'>, string>> = {
  missing:
    "Correct `loadBalancer.socket` in gha.yaml, or add `stats socket PATH level admin` to HAProxy's configuration.",
  denied: 'Let the SSH user use sudo there, or give it rights to the socket.',
  refused: 'Start HAProxy there: nobody listens on its socket.',
  'no-client': 'Install socat there.',
  failed: 'Look at HAProxy there, then run the command again.',
}

export function unanswered(
  {type, message}: Exclude<RuntimeAnswer, {type: 'answered'}>,
  node: string,
  socket: string,
): GhaError {
  const what = {
    missing: `there is no socket ${socket}`,
    denied: `HAProxy's socket ${socket} is not for this user`,
    refused: `HAProxy does not listen on ${socket}`,
    'no-client': `no program there can talk to ${socket}: ${message}`,
    failed: `HAProxy's socket ${socket} did not answer: ${message}`,
  }[type]
  return new GhaError(what, {
    code: `BALANCER_SOCKET_${type.toUpperCase().replace('-', '_')}`,
    exit: 'preflight',
    node,
    hint: HINTS[type],
  })
}
