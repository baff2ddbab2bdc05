import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {cruise} from 'dependency-cruiser'
import {describe, expect, it} from 'vitest'
import rules from '../.dependency-cruiser.mjs'

const FEWEST_MODULES = 20

async function violations(places: string[]) {
  const {output} = await cruise(places, {ruleSet: rules as never, validate: true, ...(rules.options as object)})
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
    const folder = mkdtempSync(path.join('src', 'lib', 'model', 'planted-'))
    try {
      writeFileSync(
        path.join(folder, 'planted.ts'),
        "import {GhaError} from '../../errors/gha-error.ts'\nimport fs from 'node:fs'\nexport default [GhaError, fs]\n",
      )
      const names = (await violations([folder])).violations.map(found => found.rule.name)
      expect(names).toEqual(expect.arrayContaining(['model-looks-up-only', 'effects-only-in-adapters']))
    } finally {
      rmSync(folder, {recursive: true})
    }
  })
})
