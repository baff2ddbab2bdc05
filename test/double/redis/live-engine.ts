import {readAddress} from '../mesh/addresses.ts'
import type {Settings} from '../settings.ts'
import {askRedis} from './redis-client.ts'

/** Live with a Redis that does not answer ends the start. */
export async function pingLiveEngine(settings: Settings): Promise<void> {
  if (settings.text('live', 'ha_engine') !== 'redis') return
  const target = {
    ...readAddress(settings.or('live', 'ha_engine_address', '127.0.0.1:6379'), '6379'),
    ...{username: '', password: settings.text('live', 'ha_engine_password'), database: '', tls: undefined},
  }
  try {
    await askRedis(target, async ask => void (await ask('PING')))
  } catch (error) {
    throw new Error(`error setting up Live HA engine: ${error instanceof Error ? error.message : error}`)
  }
}
