import type {Endpoint, RedisEndpoint} from '../model/backing.ts'
import type {Host} from './host.ts'

/** A cache as one node sees it, asked by the real client. */
export interface Caches {
  probeRedis(redis: RedisEndpoint, from: Host): Promise<CacheReport>
  probeMemcached(memcached: Endpoint, from: Host): Promise<CacheReport>
}

export type CacheReport =
  | {
      readonly outcome: 'answered'
      readonly latencyMilliseconds: number
      readonly serverVersion: string
      readonly readOnly: boolean
    }
  | {readonly outcome: 'unreachable' | 'refused' | 'authentication' | 'tls' | 'error'; readonly message: string}
