import {describe, expect, it} from 'vitest'
import {renderCluster} from '../../../src/lib/actions/render-cluster.ts'
import {Secret} from '../../../src/lib/model/secret.ts'
import {renderBalancer} from '../../../src/lib/render/render-balancer.ts'
import {renderNode} from '../../../src/lib/render/render-node.ts'
import {aCluster, aNode, anSshTarget} from '../../support/a-cluster.ts'
import {anNginx} from '../../support/a-load-balancer.ts'
import {MemoryFiles} from '../../support/local-fakes.ts'
import {NO_MATERIAL} from '../../support/no-material.ts'

const cluster = aCluster({
  nodes: [aNode(), aNode({name: 'gf2', address: '10.0.0.12'})],
  database: {...aCluster().database, password: new Secret('planted-${x}')},
  loadBalancer: anNginx({
    hosts: ['lb1', 'lb2'].map(name => ({name, ssh: anSshTarget({host: name})})),
  }),
})
const wish = {cluster, material: NO_MATERIAL, directory: '/out', secrets: 'redacted'} as const

describe('gha render', () => {
  it('writes the files of every node and every balancer host, each below the name of its host', async () => {
    const files = new MemoryFiles()
    const written = await renderCluster(wish, files)
    expect(written.map(({host, path}) => `${host} ${path}`)).toEqual([
      'gf1 /etc/grafana/grafana.ini',
      'gf1 /etc/grafana/gha-secrets/database.password',
      'gf2 /etc/grafana/grafana.ini',
      'gf2 /etc/grafana/gha-secrets/database.password',
      'lb1 /etc/nginx/conf.d/grafana.conf',
      'lb2 /etc/nginx/conf.d/grafana.conf',
    ])
    expect(files.text('/out/lb2/etc/nginx/conf.d/grafana.conf')).toBe(renderBalancer(cluster)[0]?.content.reveal())
  })

  it('writes the exact bytes when secrets are shown, for the owner alone', async () => {
    const files = new MemoryFiles()
    const written = await renderCluster({...wish, secrets: 'shown'}, files)
    for (const {path, content} of renderNode(cluster, cluster.nodes[0]!, NO_MATERIAL)) {
      expect(files.text(`/out/gf1${path}`)).toBe(content.reveal())
      expect(await files.mode(`/out/gf1${path}`)).toBe(0o600)
    }
    expect(written[1]).toEqual({
      host: 'gf1',
      path: '/etc/grafana/gha-secrets/database.password',
      access: 'service',
      bytes: 'planted-${x}'.length,
    })
  })

  it('writes no secret when they are not', async () => {
    const files = new MemoryFiles()
    await renderCluster(wish, files)
    const texts = (await files.list('/out')).map(file => files.text(`/out/${file}`)).join('\n')
    expect(texts).not.toMatch(/planted|test-secret|admin-password/)
  })

  it('takes away what an earlier call wrote, and nothing else', async () => {
    const files = new MemoryFiles()
    await renderCluster(wish, files)
    files.put('/out/notes.txt', 'mine', 0o644)
    await renderCluster({...wish, cluster: {...cluster, nodes: cluster.nodes.slice(0, 1)}}, files)
    expect((await files.list('/out')).filter(file => file.startsWith('gf2'))).toEqual([])
    expect(files.text('/out/notes.txt')).toBe('mine')
  })

  it('refuses a folder that holds what gha did not write', async () => {
    const files = new MemoryFiles({'/out/notes.txt': 'mine'})
    await expect(renderCluster(wish, files)).rejects.toMatchObject({code: 'RENDER_FOLDER_TAKEN', exit: 'usage'})
    expect(await files.list('/out')).toEqual(['notes.txt'])
    const later = new MemoryFiles()
    await renderCluster({...wish, cluster: {...cluster, nodes: cluster.nodes.slice(0, 1)}}, later)
    later.put('/out/gf2/etc/grafana/grafana.ini', 'mine', 0o644)
    await expect(renderCluster(wish, later)).rejects.toMatchObject({code: 'RENDER_FOLDER_TAKEN'})
    expect(later.text('/out/gf2/etc/grafana/grafana.ini')).toBe('mine')
  })
})
