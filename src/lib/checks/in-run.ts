import type {NodeObservation} from '../facts/node-observation.ts'
import {type Check, skipped} from './check.ts'

/** A check of what is asked only while a run brings a node back: otherwise it says so once, for all nodes. */
export function inRun(asked: (seen: NodeObservation) => boolean, {judge, ...check}: Check): Check {
  return {
    ...check,
    judge(judged) {
      const nodes = judged.observation.nodes.filter(asked).map(({node}) => node)
      if (nodes.length === 0) return [skipped('asked while a rollout brings a node back')]
      return judge(judged).filter(({node}) => node !== undefined && nodes.includes(node))
    },
  }
}
