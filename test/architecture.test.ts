import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {cruise} from 'dependency-cruiser'
import {describe, expect, it} from 'vitest'
import rules from '../.dependency-cruiser.mjs'

const FEWEST_MODULES = 20

async function violations(places: string[], baseDir = process.cwd()) {
  const {output} = await cruise(places, {
    ruleSet: rules as never,
    validate: true,
    ...(rules.options as object),
    baseDir,
  })
  if (typeof output === 'string') throw new TypeError('expected a result object')
  return output.summary
}

describe('the architecture', () => {
  it('is kept: every import looks up', async () => {
    const summary = await violations(['src', 'test'])
    expect(summary.totalCruised).toBeGreaterThan(FEWEST_MODULES)
    expect(summary.violations.map(found => `${found.rule.name}: ${found.from} → ${found.to}`)).toEqual([])
  })

  it('is guarded: a planted import from below is found', async () => {
    const copy = mkdtempSync(path.join(tmpdir(), 'gha-planted-'))
    const plant = (file: string, text: string) => {
      const place = path.join(copy, 'src', 'lib', file)
      mkdirSync(path.dirname(place), {recursive: true})
      writeFileSync(place, text)
    }
    try {
      plant('errors/gha-error.ts', 'export const GhaError = Error\n')
      plant(
        'model/planted.ts',
        "import {GhaError} from '../errors/gha-error.ts'\nimport fs from 'node:fs'\nexport default [GhaError, fs]\n",
      )
      const names = (await violations(['src'], copy)).violations.map(found => found.rule.name)
      expect(names).toEqual(expect.arrayContaining(['model-looks-up-only', 'effects-only-in-adapters']))
    } finally {
      rmSync(copy, {recursive: true})
    }
  })
})
