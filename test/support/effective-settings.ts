import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import type {RenderedFile} from '../../src/lib/render/rendered-file.ts'
import {loadSettings, type Settings} from '../double/settings.ts'

/** Writes rendered files where they say, and reads them as the double does. */
export function effectiveSettings(home: string, files: readonly RenderedFile[], defaults = ''): Settings {
  mkdirSync(path.join(home, 'conf'), {recursive: true})
  writeFileSync(path.join(home, 'conf', 'defaults.ini'), defaults)
  for (const file of files) {
    mkdirSync(path.dirname(file.path), {recursive: true})
    writeFileSync(file.path, file.content.reveal())
  }
  return loadSettings({homepath: home, config: files[0]!.path, env: {}})
}
