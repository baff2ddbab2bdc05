import type {HookCommand, LoadBalancer} from '../../model/load-balancer.ts'
import type {Node} from '../../model/node.ts'
import {commandLine, quote, type Script} from '../../model/script.ts'

type Verb = keyof (LoadBalancer & {readonly type: 'hook'})['commands']

export interface HookAnswer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** One of the operator's commands. Its words are words: nothing that is filled in can become code. */
export function hookScript(verb: Verb, {argv, deadlineSeconds}: HookCommand, node?: Node): Script<HookAnswer> {
  const words = node ? argv.map(word => filled(word, node)) : argv
  return {
    name: `${verb} of the balancer hook`,
    text: [FUNCTIONS, `there ${quote(words[0] ?? '')} || exit 127`, `exec ${commandLine(words)} </dev/null`].join('\n'),
    mutates: verb !== 'list' && verb !== 'status',
    deadlineSeconds,
    parse: ({exitCode, stdout, stderr}) => ({exitCode, stdout: new TextDecoder().decode(stdout), stderr}),
  }
}

/** Which of these programs cannot be run there. */
export function missingPrograms(programs: readonly string[]): Script<readonly string[]> {
  return {
    name: 'look for the programs of the balancer hook',
    text: [
      FUNCTIONS,
      ...[...new Set(programs)].map(program => `there ${quote(program)} || printf '%s\\n' ${quote(program)}`),
    ].join('\n'),
    mutates: false,
    deadlineSeconds: 30,
    parse: ({stdout}) => new TextDecoder().decode(stdout).split('\n').filter(Boolean),
  }
}

const FUNCTIONS = `
there() {
  case $1 in
    */*) [ -f "$1" ] && [ -x "$1" ] ;;
    *) command -v -- "$1" >/dev/null 2>&1 ;;
  esac
}`.trim()

function filled(word: string, {name, address, httpPort, balancerName}: Node): string {
  const values: Readonly<Record<string, string>> = {
    '{node}': name,
    '{address}': address,
    '{port}': String(httpPort),
    '{server}': balancerName,
  }
  return word.replaceAll(/\{(?:node|address|port|server)\}/g, placeholder => values[placeholder] ?? placeholder)
}
