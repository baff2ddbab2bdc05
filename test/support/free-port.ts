import {randomInt} from 'node:crypto'
import {createServer} from 'node:net'

/** Below the ports that Linux gives to outgoing connections: those may be taken between the look and the use. */
const [LOWEST, HIGHEST] = [16_384, 32_767]
const TRIES = 50

/** A port nothing listens on at this moment, and nothing is likely to soon. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let left = TRIES; left > 0; left--) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(host, port)) return port
  }
  throw new Error(`no free port on ${host} among ${TRIES}`)
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
