// Writes what is generated and committed: oclif.manifest.json, the JSON Schema of gha.yaml, the templates as a module.
// --check only compares.
import {globSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {Plugin} from '@oclif/core'
import {clusterJsonSchema} from '../src/lib/config/json-schema.ts'

const check = process.argv.includes('--check')
const stale = []

async function manifest() {
  const root = process.cwd()
  const plugin = new Plugin({root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true})
  await plugin.load()
  // In no order of its own, they come as the file system lists the folders.
  const commands = Object.fromEntries(Object.entries(plugin.manifest.commands).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({...plugin.manifest, commands}, null, 2)}\n`
}

/** The files below templates/ as text inside the bundle: rendering is pure and reads no files. */
function templates() {
  const entries = globSync('templates/**/*.tmpl')
    .map(file => file.replaceAll('\\', '/'))
    .toSorted()
    .map(file => {
      const lines = readFileSync(file, 'utf8').split('\n')
      return `  ${literal(file.slice('templates/'.length, -'.tmpl'.length))}: [\n${lines.map(line => `    ${literal(line)},\n`).join('')}  ].join('\\n'),\n`
    })
  return `// Made from templates/ by \`npm run generate\`.\nexport const TEMPLATES = {\n${entries.join('')}} as const\n`
}

function literal(text) {
  const quoted = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  return text.includes("'") ? JSON.stringify(text) : `'${quoted}'`
}

const GENERATED = {
  'oclif.manifest.json': manifest,
  'schema/gha.schema.json': () => `${JSON.stringify(clusterJsonSchema(), null, 2)}\n`,
  'src/lib/render/templates.ts': templates,
}

for (const [file, make] of Object.entries(GENERATED)) {
  const wanted = await make()
  if (read(file) === wanted) continue
  if (check) stale.push(file)
  else write(file, wanted)
}
if (stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}. Run: npm run generate`)
  process.exitCode = 1
}

function write(file, content) {
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(file, content)
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
