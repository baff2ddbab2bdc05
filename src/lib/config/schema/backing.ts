import * as z from 'zod'
import {endpoint, line, localPath, port, secret} from './text.ts'

const databaseFields = {
  host: endpoint,
  name: line,
  user: line,
  password: secret,
  ca: localPath.optional(),
  clientCertificate: localPath.optional(),
  clientKey: localPath.optional(),
  serverCertificateName: line.optional(),
  maxOpenConnections: z.int().min(0).optional(),
}

export const database = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('postgres'),
      ...databaseFields,
      sslMode: z.enum(['disable', 'require', 'verify-ca', 'verify-full']).optional(),
    }),
    z.strictObject({
      type: z.literal('mysql'),
      ...databaseFields,
      sslMode: z
        .union([z.boolean(), z.enum(['true', 'false', 'skip-verify'])], {error: 'must be true, false or skip-verify'})
        .optional(),
    }),
  ])
  .describe('The database that all nodes share')

const redisFields = {
  address: endpoint,
  database: z.int().min(0).optional(),
  username: line.optional(),
  password: secret.optional(),
  tls: z.union([z.boolean(), z.enum(['off', 'on', 'insecure'])], {error: 'must be on, off or insecure'}).optional(),
  prefix: line.optional(),
}

export const cache = z
  .discriminatedUnion('type', [
    z.strictObject({type: z.literal('database')}),
    z.strictObject({type: z.literal('redis'), ...redisFields}),
    z.strictObject({type: z.literal('memcached'), address: endpoint, prefix: line.optional()}),
  ])
  .describe("Grafana's remote cache")

export const alerting = z
  .discriminatedUnion('mode', [
    z.strictObject({mode: z.literal('gossip'), port: port.optional(), label: line.optional()}),
    z.strictObject({mode: z.literal('redis'), ...redisFields}),
    z.strictObject({mode: z.literal('single')}),
  ])
  .describe('How the nodes agree on who notifies')

export const live = z
  .discriminatedUnion('mode', [
    z.strictObject({mode: z.literal('off')}),
    z.strictObject({
      mode: z.literal('redis'),
      address: endpoint,
      password: secret.optional(),
      prefix: line.optional(),
    }),
  ])
  .describe("Grafana Live's engine; off unless asked for")
