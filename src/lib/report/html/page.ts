import type {Stretch} from '../../probe/availability.ts'
import {answeredText, gapText, lossTexts, stretchCells} from '../availability.ts'
import {timeOf} from '../moments.ts'
import type {ReportedNode, ReportedUsers, RunReport} from '../run-report.ts'
import {secondsText} from '../seconds-text.ts'
import {versionsText} from '../versions-text.ts'
import {drawing} from './drawing.ts'
import {type Html, html} from './html.ts'
import {STYLE} from './style.ts'

/** One page that needs nothing else: no script, no other file, and a policy that lets the browser ask for none. */
export function reportPage(report: RunReport): string {
  const {cluster, verb, from, to, run, wayBack} = report
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${verb} ${cluster} ${run}</title>
${styleSheet()}
</head>
<body>
<h1>${verb} ${cluster}: Grafana ${versionsText(from, to)}</h1>
${story(report, '')}
${
  wayBack
    ? html`<h1 class="back">The way back: Grafana ${versionsText(wayBack.from, wayBack.to)}</h1>
${story(wayBack, '-back')}`
    : undefined
}
</body>
</html>
`.text
}

/** One run; the suffix tells its parts from those of another on the page. */
function story(report: RunReport, suffix: string): Html {
  const {run, milliseconds, users} = report
  return html`<p>${verdict(report)} <span class="dim">run ${run}, ${startOf(report)}, ${secondsText(milliseconds)}</span></p>
${users ? figures(users, suffix) : html`<p>Nobody watched what users got.</p>`}
<h2>Steps${users ? html` and what users got` : undefined}</h2>
${drawing(report, `drawing${suffix}`)}
${users ? stretches(users, suffix) : undefined}
<h2>Nodes</h2>
<div class="wide"><table id="nodes${suffix}"><thead><tr><th>node</th><th class="word">result</th><th>time</th></tr></thead>
<tbody>${report.nodes.map(node => nodeRow(node, report))}</tbody></table></div>`
}

function verdict({result, error, trial}: RunReport): Html {
  if (error !== undefined) return html`<span class="verdict failed">ended with an error (${error})</span>`
  const words = `${VERDICTS[result] ?? result}${trial === undefined ? '' : `, on trial, and ${trial}`}`
  return html`<span class="verdict ${trial === 'undone' ? 'reverted' : result}">${words}</span>`
}

const VERDICTS: Readonly<Record<string, string>> = {
  done: 'done',
  stopped: 'stopped as asked',
  reverted: 'failed, all is as before',
  partial: 'not finished',
}

/** A template of its own, so that nothing of the run can get into it. */
function styleSheet(): Html {
  const parts = Object.assign([`<style>${STYLE}</style>`], {raw: []})
  return html(parts)
}

function startOf({timeline}: RunReport): string {
  const [first] = timeline.map(({from}) => from).toSorted((a, b) => a - b)
  return first === undefined ? '' : timeOf(first)
}

function figures({where, availability}: ReportedUsers, suffix: string): Html {
  const {total, unseen} = availability
  const entries = [
    ['answered', answeredText(total)],
    ['requests', String(total.requests)],
    ['lost', String(total.lost)],
    ['worst gap', gapText(availability)],
    ...(unseen > 0 ? [['not seen', String(unseen)]] : []),
  ]
  return html`<dl class="figures" id="figures${suffix}">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="dim">${where}</p>`
}

function stretches({availability: {before, during, after, lostBy}}: ReportedUsers, suffix: string): Html {
  const row = ([name, stretch]: readonly [string, Stretch]) =>
    html`<tr><td>${name}</td>${stretchCells(stretch).map(cell => html`<td>${cell}</td>`)}</tr>`
  const reasons = lossTexts({lostBy})
  return html`<h2>Before, during, after</h2>
<div class="wide"><table id="users${suffix}"><thead><tr><th></th><th>requests</th><th>lost</th><th>p50</th><th>p99</th></tr></thead>
<tbody>${Object.entries({before, during, after}).map(row)}</tbody></table></div>
${reasons.length > 0 ? html`<p>Lost: ${reasons.join(', ')}.</p>` : undefined}`
}

const AFTERMATHS: Readonly<Record<string, string>> = {
  restored: 'it is as it was before',
  'held-out': 'it is held out of the balancer',
  'left-in': 'nobody has taken it out of the balancer, but it may be marked so',
  kept: 'it serves on its new release',
}

function nodeRow({node, result, step, code, aftermath = ''}: ReportedNode, {timeline}: RunReport): Html {
  const words =
    result === 'failed' ? `failed at ${step} (${code}); ${AFTERMATHS[aftermath] ?? aftermath}` : WORDS[result]
  const own = timeline.filter(timed => timed.node === node && timed.step !== 'stage')
  const time =
    own.length === 0 ? '–' : secondsText(Math.max(...own.map(({to}) => to)) - Math.min(...own.map(({from}) => from)))
  return html`<tr><td>${node}</td><td class="word">${words}</td><td>${time}</td></tr>`
}

const WORDS: Readonly<Record<string, string>> = {
  done: 'done',
  'not-begun': 'not begun',
  restored: 'stopped for the migration, and as before again',
  'held-out': 'stopped for the migration, and stays so',
  unfinished: 'begun, and not finished',
}
