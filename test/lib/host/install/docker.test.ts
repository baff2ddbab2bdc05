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

  it('is refused where something else than docker starts Grafana', () => {
    const cluster = aCluster({grafana: {install: {method: 'docker', image: 'grafana/grafana'}}})
    const node = aNode({service: {manager: 'systemd', unit: 'grafana-server'}})
    expect(() => installMethod(cluster, node)).toThrow(
      expect.objectContaining({code: 'INSTALL_UNSUPPORTED', exit: 'unsupported', node: 'gf1'}),
    )
  })
})
