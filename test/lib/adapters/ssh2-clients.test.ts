import {globSync, readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

it('makes a client of ssh2 in one place only, which always judges the host key', () => {
  const files = globSync('src/**/*.ts')
  const making = files.filter(file => /new (ssh2\.)?Client\(|\.connect\(\s*configOf/.test(readFileSync(file, 'utf8')))
  expect(files.length).toBeGreaterThan(50)
  expect(making.filter(file => !file.includes('/database/'))).toEqual(['src/lib/adapters/ssh2/connect.ts'])
  expect(readFileSync('src/lib/adapters/ssh2/connect.ts', 'utf8')).toMatch(/hostVerifier: \(blob: Buffer\)/)
})
