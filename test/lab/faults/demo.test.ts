import {describe, expect, it} from 'vitest'
import {figure, runDemo} from '../support/demo.ts'

describe('the demo', () => {
  // Graceful as Grafana's stop is, who is hit is a matter of chance: about one run in thirty hits nobody.
  it('loses requests when the balancer only pretends to drain', {retry: 2}, async () => {
    const {exitCode, output, left} = await runDemo(['--no-drain'])
    expect(exitCode, output).toBe(0)
    expect(figure(output, 'requests lost') + figure(output, 'POST queries lost')).toBeGreaterThan(0)
    expect(left).toEqual([])
  })
})
