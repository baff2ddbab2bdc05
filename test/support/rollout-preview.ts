import {wishBackup} from '../../src/lib/actions/backup/backup-wish.ts'
import {type Preview, preview} from '../../src/lib/actions/change/preview.ts'
import {renderAll} from '../../src/lib/actions/node-wishes.ts'
import type {Plan} from '../../src/lib/plan/plan.ts'
import type {Ports} from '../../src/lib/ports/ports.ts'
import {MemoryFiles} from './local-fakes.ts'
import {NO_MATERIAL} from './no-material.ts'
import type {RolloutWorld} from './rollout-world.ts'

/** All that `gha rollout` looks at and refuses before it asks. @throws GhaError as the command ends with */
export async function previewOf(world: RolloutWorld): Promise<Preview> {
  const cluster = wishBackup(world.cluster, {command: undefined, skip: true})
  const rendered = renderAll(cluster, NO_MATERIAL)
  world.wishedOn = node =>
    Object.fromEntries((rendered.get(node) ?? []).map(({path, content}) => [path, content.reveal()]))
  const ports = {...world.ports, ...world.run({} as Plan).ports, files: new MemoryFiles()} as unknown as Ports
  const request = {cluster, verb: 'rollout', material: NO_MATERIAL, limit: undefined, saved: undefined} as const
  return preview(request, ports)
}
