import path from 'node:path'
import type {Cluster, RolloutPolicy, Share} from '../../model/cluster.ts'
import {given} from '../../model/given.ts'
import type {Secrets} from '../resolve-secrets.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import {buildAlerting, buildCache, buildDatabase, buildLive} from './backing.ts'
import {buildGrafana} from './grafana.ts'
import {buildLoadBalancer} from './load-balancer.ts'
import {buildNode} from './node.ts'
import {type Build, secondsOf} from './parts.ts'

/** A file without problems → the wish, every default filled in. */
export function buildCluster(input: ClusterInput, file: string, secrets: Secrets): Cluster {
  const build: Build = {folder: path.dirname(file), secrets}
  return {
    name: input.name,
    file,
    grafana: buildGrafana(input.grafana, build),
    nodes: input.nodes.map((_, index) => buildNode(input, index, build)),
    database: buildDatabase(input.database, build),
    cache: buildCache(input.cache, build),
    live: buildLive(input.live, build),
    alerting: buildAlerting(input.alerting, input.nodes.length, build),
    loadBalancer: buildLoadBalancer(input, build),
    rollout: buildRollout(input.rollout),
  }
}

function buildRollout(input: ClusterInput['rollout'] = {}): RolloutPolicy {
  return {
    maxParallel: shareOf(input.maxParallel ?? 1),
    maxFailed: input.maxFailed ?? 0,
    minHealthySeconds: secondsOf(input.minHealthyTime ?? '45s'),
    healthyDeadlineSeconds: secondsOf(input.healthyDeadline ?? '3m'),
    autoRevert: input.autoRevert ?? true,
    ...given({canary: input.canary}),
  }
}

function shareOf(input: number | string): Share {
  if (typeof input === 'number') return {unit: 'nodes', amount: input}
  return {unit: 'percent', amount: Number(input.slice(0, -1))}
}
