import type {Duplex} from 'node:stream'
import {AbstractConnector, Redis} from 'ioredis'
import {asSocket} from './as-socket.ts'

/** Redis' client over a stream that is connected already. It logs in nowhere by itself and never tries again. */
export function redisOver(stream: Duplex): Redis {
  class Dialled extends AbstractConnector {
    constructor() {
      super(1000)
    }

    override async connect() {
      this.stream = asSocket(stream)
      return this.stream
    }
  }
  const client = new Redis({
    Connector: Dialled,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    protocol: 2,
  })
  client.on('error', () => undefined)
  return client
}
