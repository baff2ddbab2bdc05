// What every benchmark does: both sides in turn, medians, one closing line, exit 1 beyond the bar.
import {spawnSync} from 'node:child_process'

/** Runs every command once per round, in turn, so that a machine that slows down slows down all of them. */
export function medians(commands, rounds) {
  const times = new Map(Object.keys(commands).map(name => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(commands)) {
      const started = performance.now()
      run()
      if (round >= 0) times.get(name).push(performance.now() - started)
    }
  }
  return Object.fromEntries([...times].map(([name, all]) => [name, median(all)]))
}

export function command(words, options = {}) {
  return () => {
    const done = spawnSync(words[0], words.slice(1), {stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', ...options})
    if (done.status !== 0) throw new Error(`${words.join(' ')} exits ${done.status}: ${done.stderr}`)
  }
}

/** A ratio that is no number, of nothing measured, is beyond every bar. */
export function close(name, ratio, bar) {
  console.log(`${name} ratio ${ratio.toFixed(2)} (bar ${bar})`)
  if (!(ratio <= bar)) process.exitCode = 1
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
