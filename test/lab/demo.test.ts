import {describe, expect, it} from 'vitest'
import {figure, runDemo} from './support/demo.ts'

// At the same time, which also shows that two sandboxes do not meet.
describe.concurrent('the demo', () => {
  it('updates a cluster under load, loses nothing and leaves nothing', async () => {
    const {exitCode, output, left} = await runDemo([])
    expect(exitCode, output).toBe(0)
    expect(output).toMatch(/rolled out +Grafana 12\.1\.0 → 12\.1\.1/)
    expect(figure(output, 'requests served')).toBeGreaterThan(2000)
    expect(figure(output, 'requests lost')).toBe(0)
    expect(figure(output, 'POST queries lost')).toBe(0)
    expect(output.match(/^ {2}gf\d +[\d.]+ s out of the balancer$/gm)).toHaveLength(3)
    expect(left).toEqual([])
  })

  it('takes everything down on Ctrl-C', async () => {
    const {exitCode, output, left} = await runDemo(['--own-balancer'], 'gate: healthy')
    expect(exitCode, output).toBe(130)
    expect(left).toEqual([])
  })
})
