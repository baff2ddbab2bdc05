import type {WishedFile} from '../../src/lib/checks/check.ts'
import type {PresentFile} from '../../src/lib/facts/files.ts'
import {MANAGED} from '../../src/lib/render/rendered-file.ts'

export const aFileState = (wish: Partial<PresentFile> = {}): PresentFile => ({
  exists: true,
  sha256: 'a'.repeat(64),
  mode: '640',
  modifiedAt: 1_799_990_000,
  firstLine: MANAGED,
  ...wish,
})

export const aWishedFile = (wish: Partial<WishedFile> = {}): WishedFile => ({
  path: '/etc/grafana/grafana.ini',
  sha256: 'a'.repeat(64),
  restart: true,
  ...wish,
})
