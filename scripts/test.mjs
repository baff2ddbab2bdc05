// Runs the project's checks in order and ends with one plain line: N passed, N failed.
// --fast leaves out the suites that start servers and hosts; --only NAME[,NAME] picks steps.
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, readFileSync, rmSync} from 'node:fs'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {prepareMachine} from './machine.mjs'

const {values: flags} = parseArgs({options: {only: {type: 'string'}, fast: {type: 'boolean', default: false}}})
const inCi = process.env['CI'] === 'true'
const node = process.execPath

/** Fewest cases each suite must run: a suite that lost its cases fails. */
const FLOORS = {unit: 750, golden: 11, double: 180, contract: 150, e2e: 5, lab: 74, faults: 118, kill: 90}

const tool = (title, words) => ({run: () => command(title, words)})
const suiteOf = (name, needs) => ({needs, run: () => suite(name)})
const STEPS = {
  types: tool('types', ['node_modules/typescript/bin/tsc', '-p', '.']),
  lint: tool('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']),
  build: tool('build', ['scripts/build.mjs']),
  generated: tool('generated files are current', ['scripts/generate.mjs', '--check']),
  unit: suiteOf('unit'),
  golden: suiteOf('golden'),
  double: suiteOf('double', 'servers'),
  contract: suiteOf('contract', 'servers'),
  e2e: suiteOf('e2e', 'servers'),
  base: {needs: 'lab', run: () => command("the lab's base", ['--import', 'tsx', 'test/lab/cli.ts', 'base'])},
  lab: suiteOf('lab', 'lab'),
  faults: suiteOf('faults', 'lab'),
  kill: suiteOf('kill', 'lab'),
}

/** One after the other; the lanes of a phase side by side, as the one computes while the other waits. */
const PHASES = [
  [
    ['types', 'lint', 'build', 'generated'],
    ['unit', 'golden'],
  ],
  [['contract', 'e2e'], ['double'], ['base', 'lab']],
  [['faults', 'kill']],
]
/** Hours of lab time: only when named. */
const NAMED = new Set(['faults', 'kill'])

const chosen = new Set(
  Object.keys(STEPS).filter(name =>
    flags.only ? flags.only.split(',').includes(name) : !NAMED.has(name) && !(flags.fast && STEPS[name].needs),
  ),
)
const machine = prepareMachine({needs: new Set([...chosen].flatMap(name => STEPS[name].needs ?? [])), say})
const left = []
const total = {passed: 0, failed: 0, skipped: 0}
const failures = []

for (const lanes of PHASES) await Promise.all(lanes.map(inTurn))

for (const name of failures) say(`failed: ${name}`)
for (const reason of left) say(`left out: ${reason}`)
if (left.length > 0 && inCi) total.failed += left.length
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function inTurn(names) {
  for (const name of names.filter(each => chosen.has(each))) {
    const reason = machine[STEPS[name].needs]
    if (reason) left.push(`the suite ${name}: ${reason}`)
    else await runStep(name)
  }
}

async function runStep(name) {
  const started = performance.now()
  const outcome = await STEPS[name].run()
  for (const key of Object.keys(total)) total[key] += outcome[key] ?? 0
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  say(`${outcome.failed ? 'FAILED' : 'ok'}  ${name}: ${outcome.passed} passed, ${outcome.failed} failed, ${seconds} s`)
}

async function command(title, words) {
  const child = spawn(node, words, {stdio: ['ignore', 'pipe', 'pipe']})
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  const [code] = await once(child, 'close')
  if (code === 0) return {passed: 1, failed: 0}
  process.stderr.write(`${output}\n`)
  failures.push(title)
  return {passed: 0, failed: 1}
}

async function suite(name) {
  const report = path.join('.cache', 'reports', `${name}.json`)
  mkdirSync(path.dirname(report), {recursive: true})
  rmSync(report, {force: true})
  const reporters = [
    ...(process.stdout.isTTY ? ['--reporter', 'default'] : ['--reporter', 'dot', '--no-color']),
    '--reporter',
    'json',
    `--outputFile.json=${report}`,
  ]
  const words = ['node_modules/vitest/vitest.mjs', 'run', '--project', name, '--passWithNoTests', ...reporters]
  await once(spawn(node, words, {stdio: ['ignore', 'inherit', 'inherit']}), 'close')
  return judge(name, readReport(report))
}

function judge(name, report) {
  if (!report) return {passed: 0, failed: 1}
  const brokenFiles = report.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.every(test => test.status !== 'failed'),
  ).length
  const outcome = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests,
  }
  failures.push(...namesOfFailures(report).map(failure => `${name}: ${failure}`))
  if (outcome.passed + outcome.failed < FLOORS[name]) {
    say(`suite ${name} ran ${outcome.passed + outcome.failed} cases, fewer than its floor of ${FLOORS[name]}`)
    outcome.failed += 1
  }
  if (outcome.skipped > 0 && inCi) {
    say(`suite ${name} skipped ${outcome.skipped} cases: with CI=true that is a failure`)
    outcome.failed += outcome.skipped
  }
  return outcome
}

/** Said once more at the end: in a long log the failure itself may be far up, or cut off. */
function namesOfFailures({testResults}) {
  return testResults.flatMap(({name, status, assertionResults}) => {
    const tests = assertionResults.filter(test => test.status === 'failed').map(({fullName}) => fullName)
    const file = path.relative('.', name)
    if (tests.length > 0) return tests.map(test => `${file}: ${test}`)
    return status === 'failed' ? [`${file} could not run`] : []
  })
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function say(text) {
  process.stderr.write(`gha test: ${text}\n`)
}
