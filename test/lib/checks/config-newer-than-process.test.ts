import {describe, expect, it} from 'vitest'
import {configNewerThanProcess} from '../../../src/lib/checks/config-newer-than-process.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aFileState, aWishedFile} from '../../support/a-file.ts'
import {aNodeObservation, aProcess, judgeNode} from '../../support/an-observation.ts'

const STARTED = aProcess().startedAt

const judge = (modifiedAt: number, restart = true) => {
  const files = known(new Map([['/etc/grafana/grafana.ini', aFileState({modifiedAt})]]))
  return judgeNode(configNewerThanProcess, aNodeObservation({files}), {wish: {files: [aWishedFile({restart})]}})
}

describe('config/newer-than-process', () => {
  it('fails for a file written after the start, to the grain of the kernel', () => {
    expect(judge(STARTED + 2)).toMatchObject({status: 'passed'})
    expect(judge(STARTED + 3)).toMatchObject({status: 'failed'})
  })

  it('does not mind a file that Grafana watches', () => {
    expect(judge(STARTED + 100, false)).toMatchObject({status: 'passed'})
  })
})
