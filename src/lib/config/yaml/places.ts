import {type Document, isAlias, isMap, isScalar, isSeq, type Node} from 'yaml'
import type {Diagnostic, Path} from '../problem.ts'

type MaybeNode = Node | null | undefined

/** Where in the text a path stands: its value, its key where that is meant, its nearest parent where it is not there. */
export function offsetOf(document: Document.Parsed, {path, at}: Pick<Diagnostic, 'path' | 'at'>): number {
  let node: MaybeNode = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, key] of path.entries()) {
    const step = descend(isAlias(node) ? node.resolve(document) : node, key)
    if (!step) return offset
    const last = depth === path.length - 1
    offset = (last && at !== 'key' ? valueStart(step) : step.key) ?? offset
    node = step.value
  }
  return offset
}

interface Step {
  readonly key: number | undefined
  readonly value: Node | null
}

function descend(node: MaybeNode, key: Path[number]): Step | undefined {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(key)]
    return item ? {key: startOf(item), value: item} : undefined
  }
  if (!isMap<Node, Node | null>(node)) return
  const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(key))
  return pair ? {key: startOf(pair.key), value: pair.value} : undefined
}

/** A nested block is shown at its key: its value starts on another line. */
function valueStart({key, value}: Step): number | undefined {
  const block = (isMap(value) || isSeq(value)) && value.flow !== true
  return block ? (key ?? startOf(value)) : (startOf(value) ?? key)
}

function startOf(node: MaybeNode): number | undefined {
  return node?.range?.[0]
}
