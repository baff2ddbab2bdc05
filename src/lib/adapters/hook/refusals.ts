import {didYouMean} from '../../config/nearest.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {Node} from '../../model/node.ts'
import type {HookAnswer} from './hook-script.ts'

/** Which command of which balancer, and for whom. */
export interface HookPlace {
  readonly name: string
  readonly verb: string
  readonly node: Node | undefined
}

export function noProgram(balancer: string, programs: readonly string[]): GhaError {
  return new GhaError(`there is no program ${programs.join(', ')} that can be run`, {
    code: 'BALANCER_HOOK_MISSING',
    exit: 'preflight',
    node: balancer,
    hint: 'Correct `loadBalancer.commands` in gha.yaml (a relative path starts at the folder of gha.yaml), or `chmod +x` the program.',
  })
}

export function hookFailed({name, verb, node}: HookPlace, {exitCode, stderr}: HookAnswer): GhaError {
  const [first = ''] = stderr.trim().split('\n')
  return new GhaError(`\`${verb}\`${about(node)} ended with exit code ${exitCode}${first ? `: ${first}` : ''}`, {
    code: 'BALANCER_HOOK_FAILED',
    exit: verb === 'list' || verb === 'status' ? 'preflight' : 'partial',
    node: name,
    hint: `Run the command of \`loadBalancer.commands.${verb}\` by hand and see what it says.`,
  })
}

export function unreadable({name, verb, node}: HookPlace, line: string): GhaError {
  return new GhaError(`\`${verb}\`${about(node)} printed what gha cannot read: ${JSON.stringify(line.slice(0, 80))}`, {
    code: 'BALANCER_HOOK_OUTPUT',
    exit: 'preflight',
    node: name,
    hint: 'Print one line per server: its name and in, drain, out or down, or a JSON object; docs/balancers.md has the format.',
  })
}

export function noSuchServer(balancer: string, {balancerName}: Node, names: readonly string[]): GhaError {
  return new GhaError(`the balancer has no server named ${balancerName}${didYouMean(balancerName, names)}`, {
    code: 'BALANCER_NO_SERVER',
    exit: 'preflight',
    node: balancer,
    hint: "Correct the node's `balancerName` in gha.yaml, or what `list` and `status` print.",
  })
}

export function neverSaid(
  balancer: string,
  node: Node,
  {wished, said}: {readonly wished: string; readonly said: string},
): GhaError {
  return new GhaError(`${node.balancerName} should be \`${wished}\`, and its status says ${said}`, {
    code: 'BALANCER_NOT_OBEYED',
    exit: 'partial',
    node: balancer,
    step: `${wished} ${node.balancerName}`,
    hint: 'Look at the balancer. If it only needs longer, raise `loadBalancer.drainTimeout`; then run the command again.',
  })
}

function about(node: Node | undefined): string {
  return node ? ` of ${node.balancerName}` : ''
}
