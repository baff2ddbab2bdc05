import {describe, expect, it} from 'vitest'
import {imageTag} from '../../../../src/lib/host/install/docker.ts'
import {installMethod} from '../../../../src/lib/host/install/method.ts'
import {parseVersion, versionOf} from '../../../../src/lib/model/version.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'

describe('install: docker', () => {
  it('spells a version as a tag that is read again as the same version', () => {
    for (const [text, tag] of [
      ['12.1.0', '12.1.0'],
      ['12.0.2+security-01', '12.0.2-security-01'],
      ['13.0.0-beta1', '13.0.0-beta1'],
    ] as const) {
      expect(imageTag(versionOf(text))).toBe(tag)
      expect(parseVersion(tag)).toEqual(versionOf(text))
    }
  })

  const unit = {manager: 'systemd', unit: 'grafana-server'} as const
  const container = {manager: 'docker', container: 'grafana'} as const
  const image = {method: 'docker', image: 'grafana/grafana'} as const
  const apt = {method: 'apt', source: {type: 'node-repo'}} as const

  it('is refused where something else would run than what is installed', () => {
    for (const [install, service] of [
      [image, unit],
      [apt, container],
    ] as const)
      expect(() => installMethod(aCluster({grafana: {install}}), aNode({service}))).toThrow(
        expect.objectContaining({code: 'INSTALL_UNSUPPORTED', exit: 'unsupported', node: 'gf1'}),
      )
  })

  it('leaves a container alone that somebody else brings', () => {
    const cluster = aCluster({grafana: {install: {method: 'none'}}})
    expect(installMethod(cluster, aNode({service: container})).functions).toContain('gha does not install it here')
  })
})
