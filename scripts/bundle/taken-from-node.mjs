// An import of one of Node's modules evaluates all that it can offer: standard input, workers, WebCrypto, 20 ms together.
// A look into it does not. Its crypto, 10 ms, is looked into when one of its functions is called: many a start needs none.
const LATE = 'node:crypto'
const IMPORT = /^import\s+([^'"]+?)\s+from\s+['"](node:[^'"]+)['"];?/gm
const NAMES = /^(?:(?:\* as )?(?<whole>\w+))?(?:,\s*)?(?<some>\{[\s\S]*\})?$/

export function takenFromNode(text) {
  return text.replace(IMPORT, taken)
}

function taken(statement, names, module) {
  if (names.startsWith('type ')) return statement
  const {whole, some} = NAMES.exec(names).groups
  const there = `globalThis.process.getBuiltinModule('${module}')`
  const values = some?.replace(/\btype \w+,?/g, '')
  if (module === LATE && values)
    return values.replace(/(\w+)(?: as (\w+))?,?|[{}]/g, (_, name, here = name) => forwarded(name, here, there))
  return [
    ...(whole ? [`const ${whole} = ${there};`] : []),
    ...(values ? [`const ${values.replaceAll(' as ', ': ')} = ${there};`] : []),
  ].join(' ')
}

function forwarded(name, here, there) {
  return name ? `const ${here} = (...given) => ${there}.${name}(...given);` : ''
}
