// esbuild puts what some commands share into a file of its own for each set of them that does. A file takes a millisecond of
// a start: what at least half of the commands need is read as one.
import path from 'node:path'

/** A rewrite for the next build: all that commands and what they load later begin with is the same. */
export function inOneFile({inputs, outputs}) {
  const entries = Object.values(outputs).flatMap(({entryPoint = ''}) =>
    /^src\/(?!main)/.test(entryPoint) ? [entryPoint] : [],
  )
  const commands = entries.filter(entry => entry.startsWith('src/commands/'))
  const needs = commands.map(command => importedBy(command, inputs))
  const shared = Object.keys(inputs)
    .filter(file => file.startsWith('src/lib/'))
    .filter(file => needs.filter(needed => needed.has(file)).length * 2 >= commands.length)
  const imports = shared.map(file => `import ${JSON.stringify(path.resolve(file))};`).join('')
  const begin = new Set(
    entries.filter(entry => !shared.includes(entry) && !ALONE.has(entry)).map(entry => path.resolve(entry)),
  )
  return (text, file) => (begin.has(file) ? `${text}\n${imports}` : text)
}

/** Loaded without a command. */
const ALONE = new Set(['src/lib/cli/command-not-found.ts'])

function importedBy(file, inputs, found = new Set()) {
  for (const {path: other, kind} of inputs[file].imports) {
    if (kind === 'dynamic-import' || found.has(other) || !(other in inputs)) continue
    found.add(other)
    importedBy(other, inputs, found)
  }
  return found
}
