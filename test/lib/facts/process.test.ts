import {describe, expect, it} from 'vitest'
import {configFileOf} from '../../../src/lib/facts/process.ts'

describe('the file a Grafana reads', () => {
  it.each([
    ['the flag with its value', ['grafana', 'server', '--config=/etc/grafana/grafana.ini'], '/etc/grafana/grafana.ini'],
    ['the flag and the next word', ['grafana-server', '-config', '/etc/g.ini'], '/etc/g.ini'],
    ['the last of two flags', ['grafana', '--config=/a', '--config=/b'], '/b'],
    ['custom.ini of the home folder', ['grafana', 'server', '--homepath', '/opt/g'], '/opt/g/conf/custom.ini'],
    ['custom.ini beside the binary', ['/opt/g/bin/grafana', 'server'], '/opt/g/conf/custom.ini'],
    ['a path relative to the working folder', ['grafana', '--config=../x.ini'], '/srv/x.ini'],
    ['custom.ini when the flag is empty', ['grafana', '--config=', '--homepath=/opt/g'], '/opt/g/conf/custom.ini'],
  ])('is %s', (_what, words, file) => {
    expect(configFileOf(words, '/srv/run')).toBe(file)
  })

  it('is unknown where nothing tells', () => {
    expect(configFileOf(['grafana', 'server'], '/srv')).toBeUndefined()
  })
})
