import type {ShownDifference} from './difference.ts'

interface ShownUndo {
  readonly runs: readonly string[]
  readonly comesAgain: readonly ShownDifference[]
}

/** What is undone, and what of gha.yaml the next rollout would bring again. */
export function undoText({runs, comesAgain}: ShownUndo): string {
  const [last, ...taken] = runs
  const also = taken.length > 0 ? `, with ${taken.join(', ')}, which it had taken up` : ''
  return [
    `Going back to what the nodes were before run ${last}${also}.`,
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
