import {describe, expect, it} from 'vitest'
import {grafana} from '../../../../src/lib/config/schema/grafana.ts'
import {formatVersion, versionOf} from '../../../../src/lib/model/version.ts'

describe('the version of gha.yaml', () => {
  it.each(['12.1.0', '12.0.2-01', '13.0.0~beta1', '13.0.0-123pre'])('may be what `--to %s` writes there', text => {
    expect(grafana.shape.version.safeParse(formatVersion(versionOf(text))).success).toBe(true)
  })
})
