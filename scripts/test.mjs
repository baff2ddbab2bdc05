// Runs the project's checks in order and ends with one plain line: N passed, N failed.
// --only NAME[,NAME] picks steps; --lab adds the suites that need real hosts.
import {spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, rmSync} from 'node:fs'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {prepareMachine} from './machine.mjs'

const {values: flags} = parseArgs({options: {only: {type: 'string'}, lab: {type: 'boolean', default: false}}})
const inCi = process.env['CI'] === 'true'
const node = process.execPath

/** Fewest cases each suite must run: a suite that lost its cases fails. */
const FLOORS = {unit: 10, golden: 0, double: 0, contract: 0, e2e: 0, lab: 34}

const STEPS = [
  {name: 'types', run: () => command('types', ['node_modules/typescript/bin/tsc', '-p', '.'])},
  {
    name: 'lint',
    run: () => command('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']),
  },
  {name: 'build', run: () => command('build', ['scripts/build.mjs'])},
  {name: 'generated', run: () => command('generated files are current', ['scripts/generate.mjs', '--check'])},
  ...['unit', 'golden', 'double', 'contract', 'e2e'].map(name => ({name, run: () => suite(name)})),
  {name: 'lab', lab: true, run: () => suite('lab')},
]

const wanted = flags.only?.split(',')
const left = []
const total = {passed: 0, failed: 0, skipped: 0}
const machine = prepareMachine({lab: flags.lab, say})

for (const step of STEPS) {
  if (wanted ? !wanted.includes(step.name) : step.lab && !flags.lab) continue
  if (step.lab && !machine.lab) {
    left.push(`the lab suite: ${machine.reason}`)
    continue
  }
  const started = performance.now()
  const outcome = step.run()
  for (const key of Object.keys(total)) total[key] += outcome[key] ?? 0
  say(
    `${outcome.failed ? 'FAILED' : 'ok'}  ${step.name}: ${outcome.passed} passed, ${outcome.failed} failed, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  )
}

for (const reason of left) say(`left out: ${reason}`)
if (left.length > 0 && inCi) total.failed += left.length
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

function command(title, words) {
  const done = spawnSync(node, words, {encoding: 'utf8', maxBuffer: 1e9})
  if (done.status === 0) return {passed: 1, failed: 0}
  process.stderr.write(`${done.stdout}${done.stderr}\n`)
  say(`failed: ${title}`)
  return {passed: 0, failed: 1}
}

function suite(name) {
  const report = path.join('.cache', 'reports', `${name}.json`)
  mkdirSync(path.dirname(report), {recursive: true})
  rmSync(report, {force: true})
  const reporter = process.stdout.isTTY ? 'default' : 'dot'
  spawnSync(
    node,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      name,
      '--passWithNoTests',
      '--reporter',
      reporter,
      '--reporter',
      'json',
      `--outputFile.json=${report}`,
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
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
