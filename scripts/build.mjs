// Bundles gha with esbuild: one entry per command and one to start, shared chunks. What is loaded at every start is
// bundled, oclif included, and so is what every look at a cluster needs: read as one file it takes half the time.
// What a command may never need is left outside. A bundle younger than all it is made of is left alone: somebody may be
// running it.
import {existsSync, globSync, renameSync, rmSync, statSync} from 'node:fs'
import {glob} from 'node:fs/promises'
import path from 'node:path'
import {build} from 'esbuild'

const LOADED_WHEN_NEEDED = ['mysql2', 'ioredis', 'inquirer']
const NEVER_LOADED = ['cpu-features', 'typescript', 'ts-node']

/** CommonJS packages find these in every bundled file, as they would in their own. */
const COMMONJS = `import {createRequire as gha_createRequire} from 'node:module'
const require = gha_createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`

const MADE_OF = ['src', 'src/**', 'scripts/build.mjs', 'scripts/left-out/*', 'package-lock.json']
const fresh = `dist.${process.pid}`

if (isCurrent()) process.exit()
await build({
  entryPoints: [
    'src/main.ts',
    'src/lib/cli/command-not-found.ts',
    ...(await Array.fromAsync(glob('src/commands/**/*.ts'))),
  ],
  outdir: fresh,
  outbase: 'src',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  banner: {js: COMMONJS},
  alias: {
    // yaml's ES modules can be bundled, its CommonJS cannot.
    yaml: path.resolve('node_modules/yaml/browser/dist/index.js'),
    // What oclif loads at every start and gha has no use for.
    tinyglobby: path.resolve('scripts/left-out/tinyglobby.mjs'),
    'wsl-utils': path.resolve('scripts/left-out/wsl-utils.mjs'),
  },
  external: [...LOADED_WHEN_NEEDED, ...NEVER_LOADED],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  logLevel: 'warning',
})
rmSync('dist', {recursive: true, force: true})
renameSync(fresh, 'dist')

/** A folder's own time tells of files that were removed from it. */
function isCurrent() {
  const sources = globSync(MADE_OF).map(modifiedAt)
  return existsSync('dist/main.js') && Math.max(...sources) < modifiedAt('dist/main.js')
}

function modifiedAt(file) {
  return statSync(file).mtimeMs
}
