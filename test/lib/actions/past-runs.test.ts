import {expect, it} from 'vitest'
import {pastRuns} from '../../../src/lib/actions/past-runs.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {MemoryFiles} from '../../support/local-fakes.ts'

it('reads the journals of the last runs that lie beside gha.yaml', async () => {
  const cluster = aCluster({file: '/work-on/gha.yaml'})
  const place = (run: number) => `/work-on/.gha/prod/runs/202601${String(run).padStart(2, '0')}.jsonl`
  const journals = Array.from({length: 25}, (_, run) => [place(run), `run ${run}`])
  const files = new MemoryFiles(Object.fromEntries([...journals, ['/work-on/.gha/prod/runs/notes.txt', 'mine']]))
  expect(await pastRuns(cluster, files, 20)).toEqual(Array.from({length: 20}, (_, run) => `run ${run + 5}`))
  expect(await pastRuns(cluster, new MemoryFiles(), 20)).toEqual([])
})

it('goes without a journal, or a folder of them, that somebody else may read only', async () => {
  const cluster = aCluster({file: '/work-on/gha.yaml'})
  const texts = {'/work-on/.gha/prod/runs/r1.jsonl': 'mine', '/work-on/.gha/prod/runs/r2.jsonl': 'of root'}
  const denied = Object.assign(new Error('EACCES'), {code: 'EACCES', syscall: 'open'})
  const [readable, closed] = [new MemoryFiles(texts), new MemoryFiles(texts)]
  const read = readable.read.bind(readable)
  readable.read = file => (file.endsWith('r2.jsonl') ? Promise.reject(denied) : read(file))
  closed.list = () => Promise.reject(denied)
  expect(await pastRuns(cluster, readable, 20)).toEqual(['mine'])
  expect(await pastRuns(cluster, closed, 20)).toEqual([])
})
