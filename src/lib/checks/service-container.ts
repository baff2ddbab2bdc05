import type {Container, Mount} from '../facts/container.ts'
import type {Node} from '../model/node.ts'
import {failed, passed} from './check.ts'
import {notYet} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const CONTAINER_REMEDY =
  'Make the container anew without that, or let `service: { manager: command }` with `install: { method: none }` call what owns it'

export const serviceContainer = perNode({
  id: 'service/container',
  title: 'gha can replace the container, and the container reads what gha writes',
  severity: 'error',
  hint: `${CONTAINER_REMEDY}, then run \`gha check --only service\` again.`,
  unless: about => notDocker(about.node) ?? notYet(about),
  fact: ({seen}) => seen.service,
  judge({container}, {node, wish}) {
    if (!container) return passed('gha makes it')
    const written = [...wish.files, ...(wish.plugins ?? [])].map(({path}) => path)
    const obstacles = obstaclesOf(container, [node.paths.config, ...written])
    return obstacles.length > 0 ? failed(obstacles.join('; ')) : passed('it can')
  },
})

function notDocker({service}: Node): string | undefined {
  return service.manager === 'docker' ? undefined : 'no container runs Grafana here'
}

/** Why a container cannot be made again as it is, or does not see the files that gha writes on its node. */
export function obstaclesOf(container: Container, files: readonly string[]): readonly string[] {
  const {owner, removedAtStop, linked, networkMode, networks, mounts} = container
  const nameless = mounts.filter(({type, name}) => type === 'volume' && /^[0-9a-f]{64}$/.test(name))
  return [
    ...(owner ? [`it belongs to ${owner}`] : []),
    ...(removedAtStop ? ['it is removed when it stops (`--rm`), so that there is no way back'] : []),
    ...(linked ? ['it is linked to another container (`--link`)'] : []),
    ...(networkMode.startsWith('container:') ? ['it shares the network of another container'] : []),
    ...(networks.length > 1 ? [`it is in ${networks.length} networks: ${networks.join(', ')}`] : []),
    ...nameless.map(
      ({destination}) => `${destination} is in a volume without a name, which a new container would not get`,
    ),
    ...unseen(mounts, files),
  ]
}

/** One line for each folder that is not the node's own. */
function unseen(mounts: readonly Mount[], files: readonly string[]): readonly string[] {
  const foreign = files.filter(file => !isSame(mounts, file))
  const [first] = foreign
  if (first === undefined) return []
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''
  return [`${first}${more} of the node is not at the same path in it: mount its folder there`]
}

function isSame(mounts: readonly Mount[], file: string): boolean {
  const [nearest] = mounts
    .filter(({destination}) => file === destination || file.startsWith(`${destination.replace(/\/$/, '')}/`))
    .toSorted((one, other) => other.destination.length - one.destination.length)
  return nearest !== undefined && nearest.source === nearest.destination
}
