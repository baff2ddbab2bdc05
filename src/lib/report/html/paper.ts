import type {Scale} from './scale.ts'

/** Where everything stands in the drawing, in its own units. */
export const PAPER = {width: 1000, left: 120, right: 985, row: 24, chart: 180, axis: 22} as const

/** One drawing: the nodes' steps above, what users got below, over one and the same time. */
export interface Drawing {
  readonly time: Scale
  readonly top: number
  readonly bottom: number
}
