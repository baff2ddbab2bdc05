import type {Bucket} from './buckets.ts'
import {type Html, html} from './html.ts'
import {type Drawing, PAPER} from './paper.ts'
import {heightScale} from './scale.ts'

/** p50 and p99 as lines, what was lost as bars from below, all of the same short times. */
export function latencyChart(buckets: readonly Bucket[], drawing: Drawing): Html {
  const {time, top, bottom} = drawing
  const height = heightScale(Math.max(1, ...buckets.map(({p99 = 0}) => p99)), {from: bottom, to: top + 12})
  const middle = ({from, to}: Bucket) => time.at((from + to) / 2)
  const line = (of: 'p50' | 'p99') =>
    buckets.flatMap(bucket => (bucket[of] === undefined ? [] : [html`${middle(bucket)},${height.at(bucket[of])} `]))
  return html`<g class="latency">${height.ticks.map(
    tick => html`<line class="rule" x1="${PAPER.left}" x2="${PAPER.right}" y1="${height.at(tick)}" y2="${height.at(tick)}"/>
<text class="tick left" x="${PAPER.left - 8}" y="${height.at(tick)}">${tick} ms</text>`,
  )}${buckets.filter(({lost}) => lost > 0).map(bucket => lostBar(bucket, drawing))}
<polyline class="p50" points="${line('p50')}"/><polyline class="p99" points="${line('p99')}"/>
${buckets.map(bucket => touch(bucket, drawing))}</g>`
}

/** As high as the share that was lost. */
function lostBar({from, to, lost, requests}: Bucket, {time, top, bottom}: Drawing): Html {
  const height = Math.max(3, (lost / requests) * (bottom - top))
  const width = Math.max(2, time.at(to) - time.at(from))
  return html`<rect class="lost" x="${time.at(from)}" y="${(bottom - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`
}

/** Nothing to see: it tells the numbers to whoever points there. */
function touch({from, to, requests, lost, p50, p99}: Bucket, {time, top, bottom}: Drawing): Html {
  const numbers = [
    `${requests} requests`,
    `${lost} lost`,
    ...(p50 === undefined ? [] : [`p50 ${p50} ms`]),
    ...(p99 === undefined ? [] : [`p99 ${p99} ms`]),
  ]
  const width = Math.max(1, time.at(to) - time.at(from))
  return html`<rect class="touch" x="${time.at(from)}" y="${top}" width="${width.toFixed(1)}" height="${bottom - top}"><title>${numbers.join(', ')}</title></rect>`
}
