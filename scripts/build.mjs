// Bundles gha with esbuild: one entry per command, shared chunks, packages left outside.
import {rmSync} from 'node:fs'
import {glob} from 'node:fs/promises'
import {build} from 'esbuild'

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
  packages: 'external',
  sourcemap: 'linked',
  logLevel: 'warning',
})
