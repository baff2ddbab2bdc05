// Bundles gha with esbuild: one entry per command, shared chunks, packages left outside.
import {readFileSync, rmSync} from 'node:fs'
import {glob} from 'node:fs/promises'
import path from 'node:path'
import {build} from 'esbuild'

// Read by every command: bundled, they load in half the time. yaml's ES modules can be, its CommonJS cannot.
const BUNDLED = {zod: undefined, yaml: path.resolve('node_modules/yaml/browser/dist/index.js')}
const {dependencies} = JSON.parse(readFileSync('package.json', 'utf8'))

rmSync('dist', {recursive: true, force: true})
const commands = await Array.fromAsync(glob('src/commands/**/*.ts'))
await build({
  entryPoints: commands,
  outdir: 'dist/commands',
  outbase: 'src/commands',
  bundle: true,
  splitting: true,
  chunkNames: '../chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  alias: {yaml: BUNDLED.yaml},
  external: [...Object.keys(dependencies).filter(name => !(name in BUNDLED)), 'cpu-features', 'typescript'],
  sourcemap: 'linked',
  logLevel: 'warning',
})
