import type {RunReport} from '../run-report.ts'
import {secondsText} from '../seconds-text.ts'
import {bucketsOf} from './buckets.ts'
import {type Html, html} from './html.ts'
import {latencyChart} from './latency.ts'
import {PAPER} from './paper.ts'
import {type Range, type Scale, timeScale} from './scale.ts'
import {stepRows} from './steps.ts'

const MOST_TICKS = 9
const GAP = 18

/** Steps per node over the chart of what users got: whatever stands above each other happened at the same time. */
export function drawing({nodes, timeline, users}: RunReport, id: string): Html {
  const span = spanOf(timeline, users?.samples ?? [])
  const time = timeScale(span, {from: PAPER.left, to: PAPER.right}, MOST_TICKS)
  const rows = nodes.length * PAPER.row
  const chart = {time, top: rows + GAP, bottom: rows + GAP + PAPER.chart}
  const bottom = users ? chart.bottom : rows
  const names = nodes.map(({node}) => node)
  return html`<div class="wide"><svg id="${id}" viewBox="0 0 ${PAPER.width} ${bottom + PAPER.axis}" role="img" aria-label="Steps of each node over time${users ? html`, and latency and losses of users over the same time` : undefined}">
${axis(time, span, bottom)}${bounds(users?.bounds ?? {}, time, bottom)}${stepRows(names, timeline, {time, top: 0, bottom: rows})}${users ? latencyChart(bucketsOf(users.samples, span), chart) : undefined}
</svg></div>
${legend(users !== undefined)}`
}

function spanOf(
  timeline: RunReport['timeline'],
  samples: readonly {readonly at: number; readonly milliseconds: number}[],
): Range {
  const begins = [...timeline.map(({from}) => from), ...samples.map(({at}) => at)]
  const ends = [...timeline.map(({to}) => to), ...samples.map(({at, milliseconds}) => at + milliseconds)]
  const from = begins.reduce((a, b) => Math.min(a, b), begins[0] ?? 0)
  return {from, to: ends.reduce((a, b) => Math.max(a, b), from + 1)}
}

function axis(time: Scale, {from}: Range, bottom: number): Html {
  return html`<g class="axis">${time.ticks.map(
    tick => html`<line class="rule" x1="${time.at(tick)}" x2="${time.at(tick)}" y1="0" y2="${bottom}"/>
<text class="tick below" x="${time.at(tick)}" y="${bottom + PAPER.axis / 2}">${clockText(tick - from)}</text>`,
  )}</g>`
}

function bounds(
  {from, to}: {readonly from?: number | undefined; readonly to?: number | undefined},
  time: Scale,
  bottom: number,
): Html {
  const line = (at: number | undefined, words: string) =>
    at === undefined
      ? html``
      : html`<line class="bound" x1="${time.at(at)}" x2="${time.at(at)}" y1="0" y2="${bottom}"><title>${words}</title></line>`
  return html`${line(from, 'the first node is touched')}${line(to, 'the last node is done')}`
}

/** `1:30`. */
function clockText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60
    ? secondsText(milliseconds).replace('.0', '')
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

const STEPS = ['drain', 'activate', 'gate', 'undrain', 'soak', 'revert'] as const

function legend(watched: boolean): Html {
  const entries: readonly (readonly [string, string])[] = [
    ...STEPS.map(step => [step, step === 'revert' ? 'failed, revert' : step] as const),
    ['other', 'other steps'],
    ...(watched
      ? ([
          ['p50', 'p50'],
          ['p99', 'p99'],
          ['lost', 'share lost'],
        ] as const)
      : []),
  ]
  return html`<ul class="key">${entries.map(([name, words]) => html`<li><i class="${name}"></i>${words}</li>`)}</ul>`
}
