// Waits until the sandbox that started it is gone, however it went, and then ends what it left. Argument: its folder.
import {clearLeftovers} from './leftovers.ts'

const directory = process.argv[2]
if (!directory) throw new Error('the folder of a sandbox is missing')
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.stdin.resume()
process.stdin.on('close', () => clearLeftovers(directory))
