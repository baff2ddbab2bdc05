// Makes a picture of a terminal's output: reads text with colours from standard input, writes SVG to standard output.
//   script -qec 'gha status' /dev/null | node scripts/picture.mjs 'What it shows' > docs/pictures/status.svg
import {stripVTControlCharacters} from 'node:util'

const CELL = {width: 8.4, height: 19}
const MARGIN = 16
const COLOURS = {30: '#6e7681', 31: '#ff7b72', 32: '#3fb950', 33: '#d29922', 36: '#79c0ff'}

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const lines = Buffer.concat(chunks).toString('utf8').replaceAll('\r', '').trimEnd().split('\n')
const widest = Math.max(...lines.map(line => stripVTControlCharacters(line).length))
const width = Math.ceil(widest * CELL.width) + 2 * MARGIN
const height = lines.length * CELL.height + 2 * MARGIN

console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<title id="title">${escaped(process.argv[2] ?? 'A terminal')}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117" stroke="#30363d"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${lines.map(drawn).join('')}</g>
</svg>`)

/** Every run of one style is set to its exact width, so that columns stand whatever font there is. */
function drawn(line, row) {
  const y = MARGIN + row * CELL.height + 14
  let column = 0
  return styledRuns(line)
    .map(({text, style}) => {
      const x = MARGIN + column * CELL.width
      column += text.length
      if (text.trim() === '') return ''
      return `<text x="${x.toFixed(1)}" y="${y}" textLength="${(text.length * CELL.width).toFixed(1)}"${style}>${escaped(text)}</text>\n`
    })
    .join('')
}

function styledRuns(line) {
  const runs = []
  let state = {}
  // biome-ignore lint/complexity/useRegexLiterals: the escape character stays readable
  for (const part of line.split(new RegExp('(\u001b\\[[0-9;]*m)'))) {
    if (part.startsWith('\u001b[')) state = part.slice(2, -1).split(';').reduce(changed, state)
    else if (part !== '') runs.push({text: part, style: styleOf(state)})
  }
  return runs
}

function changed(state, code) {
  if (code === '0' || code === '') return {}
  if (code === '1') return {...state, bold: true}
  if (code === '2') return {...state, dim: true}
  if (code === '22') return {...state, bold: false, dim: false}
  if (code === '39') return {...state, colour: undefined}
  return COLOURS[code] ? {...state, colour: COLOURS[code]} : state
}

function styleOf({bold, dim, colour}) {
  return [colour && ` fill="${colour}"`, bold && ' font-weight="600"', dim && ' fill-opacity="0.65"']
    .filter(Boolean)
    .join('')
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
