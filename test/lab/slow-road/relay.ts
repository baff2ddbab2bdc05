// One end of a slow road: relay.ts near|far FOLDER MILLISECONDS ADDRESS:PORT…
// The near end listens in the addresses' place and is slow; the far end, in another part of the lab, goes on to them.
import net, {type Socket} from 'node:net'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

const [side, folder = '', delay = '0', ...ends] = process.argv.slice(2)
const oneWay = Number(delay)

for (const end of ends) {
  const [host = '', port = ''] = end.split(':')
  const socket = path.join(folder, `${end}.sock`)
  if (side === 'near') listen({host, port: Number(port)}, () => net.connect({path: socket, allowHalfOpen: true}))
  else listen({path: socket}, () => net.connect({host, port: Number(port), allowHalfOpen: true}))
}

function listen(where: net.ListenOptions, onward: () => Socket): void {
  const server = net.createServer({allowHalfOpen: true}, client => {
    const there = onward()
    // A connection is there after one more way there and back.
    const open = performance.now() + 2 * oneWay
    carry(client, there, open)
    carry(there, client, open)
  })
  server.listen(where)
}

/** Bytes keep their order, whatever timers do. */
function carry(from: Socket, to: Socket, open: number): void {
  let last = Promise.resolve()
  const later = (action: () => void) => {
    const due = Math.max(open, performance.now()) + oneWay
    last = last.then(() => sleep(Math.max(0, due - performance.now()))).then(action)
  }
  from.on('data', chunk => later(() => to.write(chunk)))
  from.on('end', () => later(() => to.end()))
  from.on('error', () => to.destroy())
}
