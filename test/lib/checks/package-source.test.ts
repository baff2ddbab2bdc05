import {describe, expect, it} from 'vitest'
import {packageSource} from '../../../src/lib/checks/package-source.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aNodeObservation, judgeNode, judgeOne} from '../../support/an-observation.ts'

const judge = (available?: readonly string[]) =>
  judgeOne(packageSource, 'package', {restartOnUpgrade: false, ...(available ? {available} : {})})

describe('package/source', () => {
  it('passes what is installed or available', () => {
    expect(judgeNode(packageSource, aNodeObservation())).toMatchObject({
      status: 'passed',
      detail: 'grafana 12.1.0 is installed',
    })
    expect(judge(['12.0.0', '12.1.0'])).toMatchObject({status: 'passed', detail: 'grafana 12.1.0 is available'})
  })

  it('fails where only other versions are', () => {
    expect(judge(['12.0.0', '12.1.0-01'])).toMatchObject({status: 'failed'})
    expect(judge([])).toMatchObject({status: 'failed'})
  })

  it('is unknown where nobody keeps a list', () => {
    expect(judge()).toMatchObject({status: 'unknown'})
  })

  it('fails a package that was not installed to its end', () => {
    const installed = {
      name: 'grafana',
      text: '12.1.0',
      version: versionOf('12.1.0'),
      condition: 'broken',
    } as const
    expect(judgeOne(packageSource, 'package', {installed, restartOnUpgrade: false})).toMatchObject({status: 'failed'})
  })

  it.each([
    {method: 'none'},
    {method: 'docker', image: 'grafana/grafana'},
    {method: 'apt', source: {type: 'push', directory: '/debs'}},
  ] as const)('is skipped for $method, where the node has no list', install => {
    const cluster = aCluster({grafana: {install}})
    expect(judgeNode(packageSource, aNodeObservation(), {cluster})).toMatchObject({status: 'skipped'})
  })
})
