import {describe, expect, it} from 'vitest'
import {withMark} from '../../../src/lib/adapters/nginx/upstream-file.ts'
import {renderBalancer} from '../../../src/lib/render/render-balancer.ts'
import {sealed, sealedFor, tamperedWith} from '../../../src/lib/render/sealed-text.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aHaproxy, anNginx, anOwnedFile} from '../../support/a-load-balancer.ts'

const haproxy = rendered(aHaproxy({file: anOwnedFile({path: '/etc/haproxy/haproxy.cfg', bind: '*:80'})}))
const nginx = rendered(anNginx())

const tampered = (text: string) => tamperedWith(text, 'prod')

function rendered(loadBalancer: ReturnType<typeof aHaproxy> | ReturnType<typeof anNginx>): string {
  return renderBalancer(aCluster({loadBalancer}))[0]?.content.reveal() ?? ''
}

describe('a balancer file', () => {
  it('is known as it was written', () => {
    expect([haproxy, nginx].map(tampered)).toEqual([undefined, undefined])
  })

  it('is known while nodes are drained or out of nginx', () => {
    const drained = withMark(nginx, {upstream: 'grafana', name: 'gf1', mark: 'drain'})
    const both = withMark(drained, {upstream: 'grafana', name: 'gf2', mark: 'out'})
    expect(both.match(/ down;/g)).toHaveLength(4)
    expect(tampered(both)).toBeUndefined()
  })

  it.each([
    ['a changed line', (text: string) => text.replace('server ', 'server backup.example:3000; # server ')],
    ['a line at the end', (text: string) => `${text}# mine\n`],
    ['a server marked otherwise', (text: string) => text.replace(/(server [^;]*);( # gf1)/, '$1 down;$2')],
    ['a missing line', (text: string) => text.split('\n').toSpliced(20, 1).join('\n')],
    ['a missing sum', (text: string) => text.split('\n').toSpliced(1, 1).join('\n')],
    ['another line ending', (text: string) => text.replaceAll('\n', '\r\n').replace('\r\n', '\n')],
  ])('is known as edited by %s', (_, edit) => {
    expect(edit(nginx)).not.toBe(nginx)
    expect(tampered(edit(nginx))).toEqual({how: 'edited'})
  })

  it('of thousands of servers is known at once', () => {
    const servers = Array.from({length: 20_000}, (_, place) => `  server gf${place} 10.0.0.1:3000 check\n`).join('')
    const started = performance.now()
    expect(tamperedWith(sealedFor('prod', servers), 'prod')).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('is another cluster’s where it names another, edited or not', () => {
    for (const text of [haproxy, nginx, `${nginx}# mine\n`]) {
      expect(tamperedWith(text, 'staging')).toEqual({how: 'of-another-cluster', owner: 'prod'})
    }
  })

  it('of an older gha names no cluster, and is this one’s', () => {
    const old = sealed('server {}\n')
    expect(['prod', 'staging'].map(cluster => tamperedWith(old, cluster))).toEqual([undefined, undefined])
  })

  it('is known as somebody else’s', () => {
    for (const text of ['', 'global\n', ` ${haproxy}`]) expect(tampered(text)).toEqual({how: 'unmanaged'})
  })
})
