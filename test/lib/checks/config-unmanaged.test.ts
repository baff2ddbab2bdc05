import {describe, expect, it} from 'vitest'
import {configUnmanaged} from '../../../src/lib/checks/config-unmanaged.ts'
import type {FileState} from '../../../src/lib/facts/files.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aFileState, aWishedFile} from '../../support/a-file.ts'
import {aNodeObservation, judgeNode, keptState} from '../../support/an-observation.ts'

const INI = '/etc/grafana/grafana.ini'
const SAMPLE = '/usr/share/grafana/conf/sample.ini'

function judge(states: Readonly<Record<string, FileState>>, written: readonly string[] = []) {
  const files = known(new Map(Object.entries(states)))
  const sums = written.map(sha => sha.repeat(64))
  const state = known(keptState({written: new Map(sums.length > 0 ? [[INI, sums]] : [])}))
  return judgeNode(configUnmanaged, aNodeObservation({files, state}), {wish: {files: [aWishedFile()]}})
}

const foreign = (sha: string) => aFileState({firstLine: '##### Grafana #####', sha256: sha.repeat(64)})

const ours = (sha: string) => aFileState({sha256: sha.repeat(64)})

describe('config/unmanaged', () => {
  it('passes a missing file, and one that a release of ours has recorded', () => {
    expect(judge({[INI]: {exists: false}})).toMatchObject({status: 'passed', detail: 'there are none yet'})
    expect(judge({[INI]: ours('b')}, ['c', 'b'])).toMatchObject({status: 'passed', detail: 'gha wrote them'})
    expect(judge({[INI]: foreign('b')}, ['b'])).toMatchObject({status: 'passed'})
  })

  it("fails somebody else's file by name", () => {
    expect(judge({[INI]: foreign('b')})).toMatchObject({status: 'failed', detail: `${INI} was not written by gha`})
  })

  it('fails a file of ours that somebody edited', () => {
    const edited = {status: 'failed', detail: `${INI} was edited since gha wrote it`}
    expect(judge({[INI]: foreign('b')}, ['c'])).toMatchObject(edited)
    expect(judge({[INI]: ours('b')}, ['c'])).toMatchObject(edited)
  })

  it('fails a file that gha.yaml has no more and that somebody edited, and no other such', () => {
    const OLD = '/etc/grafana/provisioning/dashboards/old.json'
    const verdict = (sha: string) => {
      const files = known(
        new Map<string, FileState>([
          [INI, ours('a')],
          [OLD, ours(sha)],
        ]),
      )
      const state = known(keptState({brought: [INI, OLD], written: new Map([[OLD, ['b'.repeat(64)]]])}))
      return judgeNode(configUnmanaged, aNodeObservation({files, state}), {wish: {files: [aWishedFile()]}})
    }
    expect(verdict('b')).toMatchObject({status: 'passed'})
    expect(verdict('c')).toMatchObject({status: 'failed', detail: `${OLD} was edited since gha wrote it`})
  })

  it('fails a file of gha’s that this cluster has no record of', () => {
    expect(judge({[INI]: ours('b')}, [])).toMatchObject({
      status: 'failed',
      detail: `${INI} was written by gha, and not for this cluster as far as the node remembers`,
    })
  })

  it('passes the sample that the package put there', () => {
    expect(judge({[INI]: foreign('b'), [SAMPLE]: foreign('b')})).toMatchObject({status: 'passed'})
    expect(judge({[INI]: foreign('b'), [SAMPLE]: foreign('c')})).toMatchObject({status: 'failed'})
  })

  it('passes a file that is already as wished, whoever wrote it', () => {
    expect(judge({[INI]: foreign('a')})).toMatchObject({status: 'passed'})
  })
})
