import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {LabCluster} from '../support/cluster.ts'
import {sharedCluster} from '../support/shared-cluster.ts'
import {type Chain, inWords, mayComeTooLate} from './moments.ts'
import {KILLED} from './strike.ts'
import {type Swept, sweep} from './sweep.ts'

/** Another number lets other moments meet in one rollout: `GHA_KILL_SEED=7`. */
export const SEED = Number(process.env['GHA_KILL_SEED'] ?? 1)
const LIMIT_MS = 1_200_000

/** One test for each rollout, struck in every node's turn, and one line at the end that says how much was tried. */
export function killSuite(what: string, chains: readonly Chain[]): void {
  describe(`a rollout that meets ${what}`, () => {
    let cluster: LabCluster
    /** What a rollout leaves that nobody struck. */
    let before: Swept['end']
    const all: Swept[] = []

    beforeAll(async () => {
      cluster = await sharedCluster()
      await cluster.stand()
      before = (await sweep(cluster, [])).end
    }, LIMIT_MS)

    afterAll(() => {
      const sum = (of: (swept: Swept) => number) => all.reduce((total, swept) => total + of(swept), 0)
      const lost = all.flatMap(swept => swept.lost)
      process.stderr.write(
        `kill sweep with seed ${SEED}, ${what}: ${chains.flat().length} moments, ${sum(({hits}) => hits.length)} of them hit, ${all.length} of ${chains.length} rollouts through in ${sum(({exits}) => exits.length)} runs, ${lost.length} of ${sum(({requests}) => requests)} requests lost\n${lost.map(line => `  ${line}\n`).join('')}`,
      )
    })

    it.each(chains.map(chain => [chain.map(inWords).join(', '), chain] as const))(
      'at %s, ends as every other one when it is run again, and nobody notices',
      async (_, chain) => {
        const swept = await sweep(cluster, chain)
        all.push(swept)
        expect(swept.hits).not.toEqual([])
        expect(swept.hits).toEqual(expect.arrayContaining(chain.filter(moment => !mayComeTooLate(moment))))
        expect(swept.exits.filter(code => code === KILLED)).toHaveLength(
          swept.hits.filter(({how}) => how === 'gha').length,
        )
        expect(swept.requests).toBeGreaterThan(2000)
        expect(swept.lost).toEqual([])
        expect(swept.end).toEqual(before)
        expect(swept.sshLeft).toBe(0)
      },
      LIMIT_MS,
    )
  })
}
