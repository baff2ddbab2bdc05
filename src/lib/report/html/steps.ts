import type {TimedStep} from '../../rollout/timeline.ts'
import {secondsText} from '../seconds-text.ts'
import {type Html, html} from './html.ts'
import {type Drawing, PAPER} from './paper.ts'

const LONGEST_NAME = 16

/** A row for each node, a bar for each of its steps. */
export function stepRows(nodes: readonly string[], steps: readonly TimedStep[], {time, top}: Drawing): Html {
  return html`<g class="steps">${nodes.map((node, place) => {
    const y = top + place * PAPER.row
    const bars = steps.filter(step => step.node === node).map(step => bar(step, y, time.at))
    return html`<g><text class="name" x="${PAPER.left - 8}" y="${y + PAPER.row / 2}">${short(node)}<title>${node}</title></text>
<line class="rule" x1="${PAPER.left}" x2="${PAPER.right}" y1="${y + PAPER.row}" y2="${y + PAPER.row}"/>${bars}</g>`
  })}</g>`
}

function bar({node, step, from, to, result}: TimedStep, y: number, at: (time: number) => number): Html {
  const width = Math.max(1.5, at(to) - at(from))
  return html`<rect class="bar ${step} ${result}" x="${at(from)}" y="${y + 4}" width="${width.toFixed(1)}" height="${PAPER.row - 8}" rx="2"><title>${node} ${step} ${result === 'failed' ? 'failed after' : 'took'} ${secondsText(to - from)}</title></rect>`
}

function short(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name
}
