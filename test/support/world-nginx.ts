import {readUpstream} from '../../src/lib/adapters/nginx/upstream-file.ts'
import {NginxBalancer} from '../../src/lib/adapters/nginx.ts'
import {sha256} from '../../src/lib/model/digest.ts'
import type {Script} from '../../src/lib/model/script.ts'
import {renderBalancer} from '../../src/lib/render/render-balancer.ts'
import {anNginx} from './a-load-balancer.ts'
import type {RolloutWorld} from './rollout-world.ts'
import {worldHosts} from './world-hosts.ts'

/** gha's own nginx adapter on one host of that world, with the file that gha renders for it. */
export function worldNginx(world: RolloutWorld): NginxBalancer {
  const nginx = anNginx()
  const [rendered] = renderBalancer({...world.cluster, loadBalancer: nginx})
  let file = rendered?.content.reveal() ?? ''
  const hosts = worldHosts(world, ['lb1'], (_host, {input}: Script<unknown>) => {
    const [, expected, content] =
      /^([0-9a-f]{64})\n(.*)$/s.exec(Buffer.from((input as Uint8Array) ?? '').toString()) ?? []
    if (expected !== undefined && expected !== sha256(file)) return 'changed\0yes\0'
    file = content ?? file
    for (const {name, mark} of readUpstream(file, nginx.upstream) ?? []) world.machine(name).server = mark
    return `file\0${file}x\0written\x000\0boot\x001\0ticks\x00100\0worker\x007 100 nginx: worker process\0`
  })
  return new NginxBalancer(hosts, nginx, world.clock)
}
