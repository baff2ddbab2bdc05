import {describe, expect, it} from 'vitest'
import type {WishedFile} from '../../../src/lib/checks/check.ts'
import {configUnmanaged} from '../../../src/lib/checks/config-unmanaged.ts'
import type {FileState} from '../../../src/lib/facts/files.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aFileState, aWishedFile} from '../../support/a-file.ts'
import {aNodeObservation, judgeNode} from '../../support/an-observation.ts'

const INI = '/etc/grafana/grafana.ini'
const SAMPLE = '/usr/share/grafana/conf/sample.ini'
const untouched = {state: known({generation: 0, journal: []})}

function judge(states: Readonly<Record<string, FileState>>, wished: Partial<WishedFile> = {}, applied = true) {
  const files = known(new Map(Object.entries(states)))
  const node = aNodeObservation({files, ...(applied ? {} : untouched)})
  return judgeNode(configUnmanaged, node, {wish: {files: [aWishedFile(wished)]}})
}

const foreign = (sha: string) => aFileState({firstLine: '##### Grafana #####', sha256: sha.repeat(64)})

describe('config/unmanaged', () => {
  it('passes a missing file, and one that says it is ours', () => {
    expect(judge({[INI]: {exists: false}})).toMatchObject({status: 'passed', detail: 'there are none yet'})
    expect(judge({[INI]: aFileState({sha256: 'b'.repeat(64)})})).toMatchObject({status: 'passed'})
  })

  it("fails somebody else's file by name, also on a node that gha manages", () => {
    expect(judge({[INI]: foreign('b')})).toMatchObject({status: 'failed', detail: `not written by gha: ${INI}`})
  })

  it('passes the sample that the package put there', () => {
    expect(judge({[INI]: foreign('b'), [SAMPLE]: foreign('b')})).toMatchObject({status: 'passed'})
    expect(judge({[INI]: foreign('b'), [SAMPLE]: foreign('c')})).toMatchObject({status: 'failed'})
  })

  it('takes a file that cannot say so for foreign until gha has been there', () => {
    expect(judge({[INI]: foreign('b')}, {mark: 'none'}, false)).toMatchObject({status: 'failed'})
    expect(judge({[INI]: foreign('b')}, {mark: 'none'})).toMatchObject({status: 'passed'})
  })

  it('passes a file that is already as wished, whoever wrote it', () => {
    expect(judge({[INI]: foreign('a')}, {mark: 'none'}, false)).toMatchObject({status: 'passed'})
  })
})
