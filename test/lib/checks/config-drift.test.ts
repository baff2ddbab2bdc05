import {describe, expect, it} from 'vitest'
import {configDrift} from '../../../src/lib/checks/config-drift.ts'
import type {FileState} from '../../../src/lib/facts/files.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aFileState, aWishedFile} from '../../support/a-file.ts'
import {aNodeObservation, judgeNode, keptState} from '../../support/an-observation.ts'

const judge = (sha: string, release?: string) => {
  const files = known(new Map([['/etc/grafana/grafana.ini', aFileState({sha256: sha.repeat(64)})]]))
  const state = known(keptState({...(release ? {release} : {})}))
  return judgeNode(configDrift, aNodeObservation({files, state}), {wish: {files: [aWishedFile()]}})
}

describe('config/drift', () => {
  it('passes files that are as wished', () => {
    expect(judge('a', '12.1.0-0123456789ab')).toMatchObject({status: 'passed', detail: '1 files are as wished'})
  })

  it('tells a file somebody changed from one that waits for a rollout', () => {
    expect(judge('b', '12.1.0-0123456789ab').detail).toBe('changed on the node: /etc/grafana/grafana.ini')
    expect(judge('b', '12.1.0-ffffffffffff').detail).toBe('not yet as gha.yaml says: /etc/grafana/grafana.ini')
  })

  it('names what gha has brought and gha.yaml has no more, beside what differs', () => {
    const [ini, old, gone] = [
      '/etc/grafana/grafana.ini',
      '/etc/grafana/provisioning/old.json',
      '/etc/grafana/gone.json',
    ]
    const verdict = (sha: string) => {
      const there = aFileState({sha256: sha.repeat(64)})
      const files = known(
        new Map<string, FileState>([
          [ini, there],
          [old, aFileState()],
          [gone, {exists: false}],
        ]),
      )
      const state = known(keptState({release: '12.1.0-ffffffffffff', brought: [ini, old, gone]}))
      return judgeNode(configDrift, aNodeObservation({files, state}), {wish: {files: [aWishedFile()]}})
    }
    expect(verdict('a')).toMatchObject({status: 'failed', detail: `not in gha.yaml any more: ${old}`})
    expect(verdict('b').detail).toBe(`not yet as gha.yaml says: ${ini}; not in gha.yaml any more: ${old}`)
  })

  it('is skipped before the first release', () => {
    expect(judge('b')).toMatchObject({status: 'skipped'})
  })
})
