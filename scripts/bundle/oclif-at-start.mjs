// What oclif does at every start in a slow way. Names of commands are ASCII, and to sort them as a dictionary would Node
// loads the rules of a language: 11 ms. Whether this is WSL stands in a file of its own, and gha does nothing else there.
const REWRITES = {
  'config/plugin.js': ['.sort((a, b) => a.id.localeCompare(b.id))', '.sort((a, b) => (a.id < b.id ? -1 : 1))'],
  'util/os.js': ["(await import('wsl-utils')).isWsl ? 'wsl' : (0, node_os_1.platform)()", '(0, node_os_1.platform)()'],
}

export function oclifAtStart(text, file) {
  const [, name] = /@oclif\/core\/lib\/(.+)$/.exec(file) ?? []
  if (!(name in REWRITES)) return text
  const [slow, fast] = REWRITES[name]
  if (!text.includes(slow)) throw new Error(`${file} has no ${slow} any more`)
  return text.replace(slow, fast)
}
