// Sends load until told to stop and prints the figures as JSON.
// node --import tsx test/load/cli.ts --url URL (--seconds N | --until-file FILE) [--clients 16] [--kept 12] [--rate 200] [--log FILE]
//   [--user admin --password-file FILE]
import {existsSync, readFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {type LoadOptions, startLoad} from './load.ts'

const {values: flags} = parseArgs({
  options: {
    url: {type: 'string'},
    seconds: {type: 'string'},
    'until-file': {type: 'string'},
    clients: {type: 'string', default: '16'},
    kept: {type: 'string'},
    rate: {type: 'string', default: '200'},
    log: {type: 'string'},
    user: {type: 'string', default: 'admin'},
    'password-file': {type: 'string'},
  },
})
if (!flags.url) throw new Error('--url is missing')

const passwordFile = flags['password-file']
const options: LoadOptions = {
  url: flags.url,
  clients: Number(flags.clients),
  rate: Number(flags.rate),
  ...(flags.kept ? {kept: Number(flags.kept)} : {}),
  ...(flags.log ? {log: flags.log} : {}),
  ...(passwordFile ? {account: {user: flags.user, password: readFileSync(passwordFile, 'utf8').trim()}} : {}),
}

let asked = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    asked = true
  })
}
const load = startLoad(options)
const end = performance.now() + Number(flags.seconds ?? Number.POSITIVE_INFINITY) * 1000
while (!asked && performance.now() < end && !(flags['until-file'] && existsSync(flags['until-file']))) await sleep(100)
console.log(JSON.stringify(await load.stop(), null, 2))
