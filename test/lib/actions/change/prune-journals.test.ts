import {describe, expect, it} from 'vitest'
import {pruneJournals} from '../../../../src/lib/actions/change/prune-journals.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'

const FOLDER = '/work-on/.gha/prod/runs'
const ENDED = {type: 'run-ended', detail: 'done', outcomes: {}}
const SWAPPED = {type: 'step-started', node: 'gf1', step: 'activate'}

const idOf = (run: number) => `r${String(run).padStart(3, '0')}`

/** Which of so many runs are left after another begins; runs that are not named have looked and ended. */
async function left(count: number, special: Readonly<Record<number, readonly object[]>> = {}) {
  const journals = Array.from({length: count}, (_, run) => {
    const events = [{type: 'run-started'}, ...(special[run] ?? [ENDED])]
    const lines = events.map((event, n) => JSON.stringify({at: n, run: idOf(run), n, ...event}))
    return [`${FOLDER}/${idOf(run)}.jsonl`, lines.join('\n')]
  })
  const files = new MemoryFiles(Object.fromEntries([...journals, [`${FOLDER}/notes.txt`, 'mine']]))
  await pruneJournals(aCluster({file: '/work-on/gha.yaml'}), files)
  return files.list(FOLDER)
}

const last = (count: number, of: number) => [
  'notes.txt',
  ...Array.from({length: count}, (_, run) => `${idOf(of - count + run)}.jsonl`),
]

describe('journals beside gha.yaml', () => {
  it('are those of the last fifty runs, with the one that begins', async () => {
    expect(await left(0)).toEqual(['notes.txt'])
    expect(await left(49)).toEqual(last(49, 49))
    expect(await left(60)).toEqual(last(49, 60))
  })

  it('stay as long as their run has no end, however old', async () => {
    expect(await left(60, {3: [SWAPPED], 4: []})).toEqual([
      'notes.txt',
      'r003.jsonl',
      'r004.jsonl',
      ...last(49, 60).slice(1),
    ])
  })

  it('stay where an undo would start from them', async () => {
    const special = {1: [SWAPPED, ENDED], 2: [SWAPPED, {...ENDED, detail: 'stopped'}], 3: [SWAPPED, ENDED]}
    expect(await left(60, special)).toEqual(['notes.txt', 'r002.jsonl', 'r003.jsonl', ...last(49, 60).slice(1)])
  })

  it('stay where they cannot be removed, and keep no run from beginning', async () => {
    const journals = Array.from({length: 60}, (_, run) => [
      `${FOLDER}/${idOf(run)}.jsonl`,
      JSON.stringify({at: 0, run: idOf(run), n: 0, ...ENDED}),
    ])
    const files = new MemoryFiles(Object.fromEntries(journals))
    const remove = () => Promise.reject(new Error('EROFS: read-only file system'))
    await pruneJournals(aCluster({file: '/work-on/gha.yaml'}), Object.assign(files, {remove}))
    expect(await files.list(FOLDER)).toHaveLength(60)
  })

  it('stay where they cannot be read', async () => {
    const files = new MemoryFiles(
      Object.fromEntries(Array.from({length: 60}, (_, run) => [`${FOLDER}/${run}.jsonl`, ''])),
    )
    await pruneJournals(aCluster({file: '/work-on/gha.yaml'}), files)
    expect(await files.list(FOLDER)).toHaveLength(60)
    const refuse = () => Promise.reject(new Error('permission denied'))
    await pruneJournals(aCluster({file: '/work-on/gha.yaml'}), Object.assign(files, {read: refuse}))
    expect(await files.list(FOLDER)).toHaveLength(60)
  })
})
