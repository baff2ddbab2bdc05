// Bundles gha with esbuild: one entry per command and one to start, shared chunks. What is loaded at every start is
// bundled, oclif included, and so is what every look at a cluster needs: read as one file it takes half the time.
// What a command may never need is left outside. Why sources are rewritten on the way: docs/decisions/0010. A bundle younger than all it is made of is left alone: somebody may be
// running it.
import {existsSync, globSync, renameSync, rmSync, statSync} from 'node:fs'
import {glob, mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {build, transform} from 'esbuild'
import {compiledAtOnce} from './bundle/compiled-at-once.mjs'
import {inOneFile} from './bundle/in-one-file.mjs'
import {oclifAtStart} from './bundle/oclif-at-start.mjs'
import {rewritten} from './bundle/rewritten.mjs'
import {takenFromNode} from './bundle/taken-from-node.mjs'

const LOADED_WHEN_NEEDED = ['mysql2', 'ioredis', 'inquirer', 'yauzl']
const NEVER_LOADED = ['cpu-features', 'typescript', 'ts-node']

/** CommonJS packages find these in every bundled file, as they would in their own. */
const COMMONJS = `import {createRequire as gha_createRequire} from 'node:module'
const require = gha_createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`

const MADE_OF = ['src', 'src/**', 'scripts/build.mjs', 'scripts/{bundle,left-out}/*', 'package-lock.json']
const fresh = `dist.${process.pid}`

if (isCurrent()) process.exit()
const options = {
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
    semver: path.resolve('scripts/left-out/semver.mjs'),
  },
  external: [...LOADED_WHEN_NEEDED, ...NEVER_LOADED],
  minifySyntax: true,
  write: false,
  logLevel: 'warning',
}
const {metafile} = await build({...options, metafile: true})
const {outputFiles} = await build({
  ...options,
  plugins: [rewritten(takenFromNode, oclifAtStart, inOneFile(metafile))],
  sourcemap: 'inline',
})
await Promise.all(outputFiles.map(write))
rmSync('dist', {recursive: true, force: true})
renameSync(fresh, 'dist')

async function write({path: file, text}) {
  const {code, map} = await transform(compiledAtOnce(text), {
    sourcefile: path.basename(file),
    sourcemap: 'external',
    minifyWhitespace: true,
    logLevel: 'error',
  })
  await mkdir(path.dirname(file), {recursive: true})
  await writeFile(`${file}.map`, map)
  await writeFile(file, `${code}//# sourceMappingURL=${path.basename(file)}.map\n`)
}

/** A folder's own time tells of files that were removed from it. */
function isCurrent() {
  const sources = globSync(MADE_OF).map(modifiedAt)
  return existsSync('dist/main.js') && Math.max(...sources) < modifiedAt('dist/main.js')
}

function modifiedAt(file) {
  return statSync(file).mtimeMs
}
