import {didYouMean} from '../../config/nearest.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Node} from '../../model/node.ts'

/**
 * The nodes that `--limit` means: names, patterns with `*`, and `zone=NAME`.
 * @throws GhaError `USAGE` when one of the words means no node: a slip must not become a smaller run
 */
export function nodesWithin({nodes}: Cluster, words: readonly string[]): ReadonlySet<string> {
  return new Set(
    words.flatMap(word => {
      const meant = nodes.filter(meaningOf(word.trim())).map(({name}) => name)
      if (meant.length === 0) throw meansNobody(word, nodes)
      return meant
    }),
  )
}

function meaningOf(word: string): (node: Node) => boolean {
  if (word.startsWith('zone=')) return ({zone}) => zone === word.slice('zone='.length)
  const parts = word.split('*').map(part => part.replaceAll(/[^\w-]/g, String.raw`\$&`))
  const pattern = new RegExp(`^${parts.join('.*')}$`)
  return ({name}) => pattern.test(name)
}

function meansNobody(word: string, nodes: readonly Node[]): GhaError {
  const names = nodes.map(({name}) => name)
  const zones = [...new Set(nodes.flatMap(({zone}) => (zone === undefined ? [] : [`zone=${zone}`])))]
  return new GhaError(`--limit ${word} means no node of gha.yaml${didYouMean(word, [...names, ...zones])}`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: `Name some of ${[...names, ...zones].join(', ')}.`,
  })
}
