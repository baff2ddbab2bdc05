// Writes what is generated and committed: oclif.manifest.json and the JSON Schema of gha.yaml. --check only compares.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {Plugin} from '@oclif/core'
import {clusterJsonSchema} from '../src/lib/config/json-schema.ts'

const check = process.argv.includes('--check')
const stale = []

async function manifest() {
  const root = process.cwd()
  const plugin = new Plugin({root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true})
  await plugin.load()
  return `${JSON.stringify(plugin.manifest, null, 2)}\n`
}

const GENERATED = {
  'oclif.manifest.json': manifest,
  'schema/gha.schema.json': () => `${JSON.stringify(clusterJsonSchema(), null, 2)}\n`,
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
