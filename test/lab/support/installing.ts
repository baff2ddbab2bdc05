import type {Swap} from '../../../src/lib/host/activate.ts'
import type {Activation} from '../../../src/lib/host/activation.ts'
import {installMethod} from '../../../src/lib/host/install/method.ts'
import {serviceControl} from '../../../src/lib/host/service/control.ts'
import type {Install} from '../../../src/lib/model/cluster.ts'
import type {Release} from '../../../src/lib/model/release.ts'
import {versionOf} from '../../../src/lib/model/version.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'

/** An installation where no service runs: a test of a package manager needs none. */
export function activationBy(install: Install): Activation {
  const cluster = aCluster({grafana: {install}})
  const service = {manager: 'command', stop: ['true'], restart: ['true'], status: ['true']} as const
  const node = aNode({service})
  const {state} = node.paths
  return {
    state,
    lease: {run: 'r1', generation: 1},
    install: installMethod(cluster, node),
    service: serviceControl(service, state),
  }
}

/** A release without files, named after its version. */
export function releaseOf(version: string): Release {
  return {id: `${version}-x`, version: versionOf(version), files: []}
}

export function swapTo(version: string, id = `${version}-x`): Swap {
  return {release: {...releaseOf(version), id}, seen: new Map(), seconds: 60, guarded: false, migrates: false}
}
