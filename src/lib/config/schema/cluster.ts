import * as z from 'zod'
import {alerting, cache, database, live} from './backing.ts'
import {grafana, paths, service} from './grafana.ts'
import {hooks} from './hooks.ts'
import {loadBalancer} from './load-balancer.ts'
import {settings} from './settings.ts'
import {ssh} from './ssh.ts'
import {duration, hostName, line, localPath, matching, name, ownFolder, publicUrl, someTime} from './text.ts'

const node = z.strictObject({
  name,
  host: hostName.describe('Where SSH goes'),
  address: hostName.describe('Where the balancer, Grafana and the mesh go; host unless given').optional(),
  balancerName: name.describe('Its name in the balancer; name unless given').optional(),
  zone: line.optional(),
  ssh: ssh.optional(),
  service: service.optional(),
  paths: paths.optional(),
  settings: settings.optional(),
})

const probe = z
  .strictObject({
    url: publicUrl.describe('Where users reach Grafana; grafana.rootUrl unless given'),
    ca: localPath.describe('The authority that signed its certificate, where the machine does not know it'),
    interval: matching(/^(?:[1-9]\d{2}ms|[1-5]s)$/, 'must be 100ms to 5s'),
    errorBudget: matching(/^(?:100|\d{1,2}(?:\.\d+)?)%$/, 'must be a share of the requests, such as 2%').describe(
      'How much of half a minute may be lost before the rollout ends',
    ),
    soak: duration.describe('How long each node is watched after it serves again'),
  })
  .partial()

const PARALLEL = 'must be a number of nodes, such as 2, or a part of them, such as 25%'

const rollout = z
  .strictObject({
    maxParallel: z
      .union([z.int().min(1), matching(/^(?:[1-9]\d?|100)%$/, PARALLEL)], {error: PARALLEL})
      .describe('How many serving nodes of one zone may be away together'),
    maxFailed: z.int().min(0).describe('How many nodes may fail and go back before a run begins no other'),
    minHealthyTime: duration.describe('How long a node must stay healthy before it serves again'),
    healthyDeadline: someTime.describe('How long a node may take to become healthy'),
    autoRevert: z.boolean(),
    canary: name.describe('The node that goes first'),
    probe: z
      .union([z.literal(false), probe], {error: 'must be false or a map'})
      .describe('Asks through the balancer during a rollout, as users do'),
  })
  .partial()

const backup = z
  .strictObject({
    directory: ownFolder.describe('Where dumps of the database are kept; .gha/CLUSTER/backups unless given'),
  })
  .partial()
  .describe('The copy of the database that is taken before its schema changes')

/** gha.yaml as it is written: no defaults, no transforms, so that the JSON Schema says the same. */
export const clusterSchema = z.strictObject({
  apiVersion: z.literal('gha/v1'),
  kind: z.literal('Cluster'),
  name,
  grafana,
  nodes: z.array(node).min(1),
  ssh: ssh.optional(),
  database,
  cache: cache.optional(),
  live: live.optional(),
  alerting: alerting.optional(),
  loadBalancer: loadBalancer.optional(),
  rollout: rollout.optional(),
  backup: backup.optional(),
  hooks: hooks.optional(),
})

export type ClusterInput = z.infer<typeof clusterSchema>
export type NodeInput = ClusterInput['nodes'][number]
export type GrafanaInput = ClusterInput['grafana']
