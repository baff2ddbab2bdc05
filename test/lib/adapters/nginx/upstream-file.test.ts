import {describe, expect, it} from 'vitest'
import {type Mark, readUpstream, withMark} from '../../../../src/lib/adapters/nginx/upstream-file.ts'
import {renderBalancer} from '../../../../src/lib/render/render-balancer.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {anNginx} from '../../../support/a-load-balancer.ts'

const cluster = aCluster({
  nodes: [aNode(), aNode({name: 'gf2', address: 'fd00::12'}), aNode({name: 'gf3', address: 'gf3.example.com'})],
  loadBalancer: anNginx(),
})
const rendered = renderBalancer(cluster)[0]!.content.reveal()
const marked = (mark: Mark, name = 'gf2', text = rendered) => withMark(text, {upstream: 'grafana', name, mark})
const marks = (text: string) => readUpstream(text, 'grafana')?.map(({mark}) => mark)

describe("nginx's file", () => {
  it('names every server of the rendered upstream, in', () => {
    expect(readUpstream(rendered, 'grafana')).toEqual([
      {name: 'gf1', endpoint: {host: '10.0.0.11', port: 3000}, mark: 'in'},
      {name: 'gf2', endpoint: {host: 'fd00::12', port: 3000}, mark: 'in'},
      {name: 'gf3', endpoint: {host: 'gf3.example.com', port: 3000}, mark: 'in'},
    ])
    expect(readUpstream(rendered, 'other')).toBeUndefined()
  })

  it('takes a mark on one server and tells it again', () => {
    expect(marks(marked('drain'))).toEqual(['in', 'drain', 'in'])
    expect(marks(marked('out', 'gf1', marked('drain')))).toEqual(['out', 'drain', 'in'])
    expect(marked('out')).toContain('server [fd00::12]:3000 max_fails=3 fail_timeout=5s down; # gf2 out\n')
  })

  it('has its rendered bytes back when every mark is gone', () => {
    expect(marked('in', 'gf2', marked('out', 'gf2', marked('drain')))).toBe(rendered)
  })

  it('stays as it is for a server it does not have', () => {
    expect(marked('out', 'gf9')).toBe(rendered)
  })

  it('reads a line that somebody set down by hand as drained', () => {
    const byHand = rendered.replace('5s; # gf3', '5s down; # gf3')
    expect(marks(byHand)).toEqual(['in', 'in', 'drain'])
  })

  it.each([' down max_fails=3', ' max_fails=3 down', '  down  max_fails=3'])(
    'reads it wherever it stands, and takes it away: %s',
    words => {
      const byHand = rendered.replace('3000 max_fails=3 fail_timeout=5s; # gf3', `3000${words} fail_timeout=5s; # gf3`)
      expect(marks(byHand)).toEqual(['in', 'in', 'drain'])
      expect(marks(marked('out', 'gf3', byHand))).toEqual(['in', 'in', 'out'])
      const back = marked('in', 'gf3', byHand)
      expect(marks(back)).toEqual(['in', 'in', 'in'])
      expect(back).not.toContain('down')
    },
  )
})
