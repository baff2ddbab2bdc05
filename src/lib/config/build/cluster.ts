import path from 'node:path'
import type {Cluster, ProbePolicy, RolloutPolicy, Share} from '../../model/cluster.ts'
import {given} from '../../model/given.ts'
import type {Secrets} from '../resolve-secrets.ts'
import type {ClusterInput} from '../schema/cluster.ts'
import {buildAlerting, buildCache, buildDatabase, buildLive} from './backing.ts'
import {type Build, localFile} from './build.ts'
import {millisecondsOf, secondsOf} from './duration.ts'
import {buildGrafana} from './grafana.ts'
import {buildHooks} from './hooks.ts'
import {buildLoadBalancer} from './load-balancer.ts'
import {buildNode} from './node.ts'

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
    rollout: buildRollout(input, build),
    backup: {
      method: 'dump',
      directory: localFile(build, input.backup?.directory ?? path.join('.gha', input.name, 'backups')),
    },
    hooks: buildHooks(input.hooks),
  }
}

function buildRollout({rollout: input = {}, grafana}: ClusterInput, build: Build): RolloutPolicy {
  return {
    maxParallel: shareOf(input.maxParallel ?? 1),
    maxFailed: input.maxFailed ?? 0,
    minHealthySeconds: secondsOf(input.minHealthyTime ?? '45s'),
    healthyDeadlineSeconds: secondsOf(input.healthyDeadline ?? '3m'),
    autoRevert: input.autoRevert ?? true,
    ...given({
      canary: input.canary,
      probe: input.probe === false ? undefined : buildProbe(input.probe ?? {}, grafana.rootUrl, build),
    }),
  }
}

type ProbeInput = Exclude<NonNullable<ClusterInput['rollout']>['probe'], false | undefined>

function buildProbe(input: ProbeInput, rootUrl: string, build: Build): ProbePolicy {
  return {
    url: input.url ?? rootUrl,
    intervalMilliseconds: millisecondsOf(input.interval ?? '250ms'),
    errorBudget: Number((input.errorBudget ?? '2%').replace('%', '')) / 100,
    soakSeconds: secondsOf(input.soak ?? '10s'),
    ...given({ca: input.ca && localFile(build, input.ca)}),
  }
}

function shareOf(input: number | string): Share {
  if (typeof input === 'number') return {unit: 'nodes', amount: input}
  return {unit: 'percent', amount: Number(input.slice(0, -1))}
}
