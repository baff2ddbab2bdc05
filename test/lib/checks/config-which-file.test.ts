import {describe, expect, it} from 'vitest'
import {configWhichFile} from '../../../src/lib/checks/config-which-file.ts'
import {aNodeObservation, anEmptyNode, aProcess, judgeNode, judgeOne} from '../../support/an-observation.ts'

const judge = (configFile: string | undefined) => {
  const {configFile: _default, ...bare} = aProcess()
  const process = configFile === undefined ? bare : {...bare, configFile}
  return judgeOne(configWhichFile, 'service', {state: 'active', words: 'active', process, configured: []})
}

describe('config/which-file', () => {
  it('fails where the running process reads another file', () => {
    expect(judge('/etc/grafana/grafana.ini')).toMatchObject({status: 'passed'})
    expect(judge('/usr/share/grafana/conf/custom.ini')).toMatchObject({
      status: 'failed',
      detail: 'it reads /usr/share/grafana/conf/custom.ini, gha writes /etc/grafana/grafana.ini',
    })
  })

  it('is unknown where nothing tells, and skipped where nothing runs yet', () => {
    expect(judge(undefined)).toMatchObject({status: 'unknown'})
    expect(judgeNode(configWhichFile, anEmptyNode())).toMatchObject({status: 'skipped'})
    expect(judgeNode(configWhichFile, aNodeObservation())).toMatchObject({status: 'passed'})
  })
})
