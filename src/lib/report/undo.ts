import type {ShownDifference} from './difference.ts'

interface ShownUndo {
  readonly runs: readonly string[]
  readonly begun: readonly string[]
  readonly comesAgain: readonly ShownDifference[]
}

/** What is undone, and what of gha.yaml the next rollout would bring again. */
export function undoText({runs, begun, comesAgain}: ShownUndo): string {
  const [last, ...taken] = runs
  const also = taken.length > 0 ? `, with ${taken.join(', ')}, which it had taken up` : ''
  const before = begun.length > 0 ? `, as ${begun.length > 1 ? 'runs' : 'run'} ${begun.join(', ')} had begun to` : ''
  return [
    `Going back to what the nodes were before run ${last}${also}${before}.`,
    ...(comesAgain.length === 0
      ? ['gha.yaml wishes the same once its version is put back.']
      : [
          'gha.yaml still wishes otherwise; correct it, or the next `gha rollout` brings this again:',
          ...comesAgain.flatMap(({node, path, lines, note}) => [
            `  ${node} ${path}${note ? `: ${note}` : ''}`,
            ...lines.map(line => `    ${line}`),
          ]),
        ]),
  ].join('\n')
}
