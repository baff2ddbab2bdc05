// How long gha takes to start, against an empty Node on the same machine in the same run.
import {spawnSync} from 'node:child_process'
import {chmodSync, cpSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {close, command, medians} from './measure.mjs'

const ROUNDS = 15
const folder = mkdtempSync(path.join(tmpdir(), 'gha-bench-'))
try {
  if (spawnSync(process.execPath, ['scripts/build.mjs'], {stdio: 'inherit'}).status !== 0) process.exit(1)
  cpSync('test/fixtures/bench', folder, {recursive: true})
  chmodSync(path.join(folder, 'secrets/key'), 0o600)
  const out = path.join(folder, 'out')
  const times = medians(
    {
      node: command([process.execPath, '-e', '0']),
      help: command([process.execPath, 'bin/run.js', '--help']),
      render: () => {
        rmSync(out, {recursive: true, force: true})
        command([process.execPath, 'bin/run.js', 'render', '-c', path.join(folder, 'gha.yaml'), '--out', out])()
      },
    },
    ROUNDS,
  )
  for (const [name, milliseconds] of Object.entries(times))
    console.log(`${name}: ${milliseconds.toFixed(0)} ms (median of ${ROUNDS})`)
  close('bench:start help', times.help / times.node, 3.5)
  close('bench:start render', times.render / times.node, 6)
} finally {
  rmSync(folder, {recursive: true, force: true})
}
