import net from 'node:net'
import {type Admin, findServer, type Pool, type Server} from './pool.ts'

export interface RuntimeOptions {
  readonly pools: readonly Pool[]
  /** `ignored`: answers as asked and changes nothing. */
  readonly drain: 'obeyed' | 'ignored'
}

/** HAProxy's runtime protocol: one line of commands in, an answer and a blank line each, closed by the server. */
export function makeRuntimeSocket(options: RuntimeOptions): net.Server {
  return net.createServer({allowHalfOpen: true}, socket => {
    let line = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', chunk => {
      line += chunk
      if (line.includes('\n')) socket.end(answerLine(line.split('\n')[0] ?? '', options))
    })
    socket.on('end', () => {
      if (!line.includes('\n')) socket.end(answerLine(line, options))
    })
  })
}

function answerLine(line: string, options: RuntimeOptions): string {
  const commands = line.split(';').map(command => command.trim().split(/\s+/))
  return commands.map(words => `${answer(words, options)}\n`).join('')
}

function answer(words: readonly string[], options: RuntimeOptions): string {
  const {pools} = options
  const verb = words.slice(0, 2).join(' ')
  if (verb === 'show servers') return showServersState(pools, words[3])
  if (verb === 'show stat') return showStat(pools, words[2])
  if (verb === 'show info')
    return `Name: HAProxy\nVersion: 2.6.12\nPid: ${process.pid}\nUptime_sec: ${Math.round(process.uptime())}\n`
  if (verb === 'show version') return '2.6.12\n'
  if (verb === 'show backend') return `# name\n${pools.map(pool => `${pool.name}\n`).join('')}`
  if (verb === 'set server') return setServer(words, options)
  return 'Unknown command.\n'
}

function setServer([, , name = '', what, state]: readonly string[], {pools, drain}: RuntimeOptions): string {
  if (!pools.some(pool => pool.name === name.split('/')[0])) return 'No such backend.\n'
  const server = findServer(pools, name)
  if (!server) return 'No such server.\n'
  if (what !== 'state' || !isAdmin(state)) return "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n"
  server.told = state
  if (drain === 'obeyed') server.set(state)
  return ''
}

function isAdmin(word: string | undefined): word is Admin {
  return word === 'ready' || word === 'drain' || word === 'maint'
}

const STATE_COLUMNS =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'

function showServersState(pools: readonly Pool[], only: string | undefined): string {
  const shown = pools.filter(pool => only === undefined || pool.name === only)
  if (shown.length === 0) return "Can't find backend.\n"
  const rows = shown.flatMap(pool =>
    pool.servers.map(server => {
      const {name, host, port} = server.line
      const states = `${operational(server)} ${adminBits(server)}`
      return `${pool.id} ${pool.name} ${server.id} ${name} ${host} ${states} 1 1 0 6 3 ${server.health} 6 0 0 0 - ${port} - 0 0 - - 0`
    }),
  )
  return `1\n# ${STATE_COLUMNS}\n${rows.map(row => `${row}\n`).join('')}`
}

/** Takes over what `show servers state` said when it was saved. */
export function restoreStates(pools: readonly Pool[], saved: string): void {
  for (const row of saved.split('\n')) {
    const [, backend, , name, , , bits] = row.split(' ')
    const server = findServer(pools, `${backend}/${name}`)
    if (!server) continue
    const forced = Number(bits)
    const admin = forced & FORCED.maint ? 'maint' : forced & FORCED.drain ? 'drain' : 'ready'
    server.told = admin
    server.admin = admin
  }
}

/** 0 stopped, 2 running. */
function operational(server: Server): number {
  return server.isUp && shownAdmin(server) !== 'maint' ? 2 : 0
}

const FORCED: Readonly<Record<Admin, number>> = {ready: 0, maint: 0x01, drain: 0x08}
const INHERITED: Readonly<Record<Admin, number>> = {ready: 0, maint: 0x02, drain: 0x10}

function adminBits(server: Server): number {
  return FORCED[server.told] | (server.tracked ? INHERITED[shownAdmin(server.tracked)] : 0)
}

function shownAdmin(server: Server): Admin {
  return server.told === 'ready' && server.tracked ? shownAdmin(server.tracked) : server.told
}

const STAT_COLUMNS =
  'pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo'

function showStat(pools: readonly Pool[], only: string | undefined): string {
  const shown = pools.filter(pool => only === undefined || only === '-1' || pool.name === only)
  const rows = shown.flatMap(pool => [...pool.servers.map(server => serverRow(pool, server)), backendRow(pool)])
  return `# ${STAT_COLUMNS},\n${rows.map(row => `${row}\n`).join('')}`
}

function serverRow(pool: Pool, server: Server): string {
  const {name, host, port, isBackup, track} = server.line
  return statRow({
    pxname: pool.name,
    svname: name,
    scur: server.current,
    stot: server.total,
    status: statusWords(server),
    act: isBackup ? 0 : 1,
    bck: isBackup ? 1 : 0,
    iid: pool.id,
    sid: server.id,
    tracked: track ?? '',
    type: 2,
    last_chk: server.lastCheck.replaceAll(',', ' '),
    check_health: server.health,
    addr: `${host}:${port}`,
    mode: 'http',
  })
}

function backendRow(pool: Pool): string {
  const current = pool.servers.reduce((sum, server) => sum + server.current, 0)
  const status = pool.servers.some(server => server.takesNew) ? 'UP' : 'DOWN'
  return statRow({
    pxname: pool.name,
    svname: 'BACKEND',
    scur: current,
    status,
    iid: pool.id,
    sid: 0,
    type: 1,
    mode: 'http',
  })
}

function statRow(values: Readonly<Record<string, string | number>>): string {
  return `${STAT_COLUMNS.split(',')
    .map(column => values[column] ?? '')
    .join(',')},`
}

function statusWords(server: Server): string {
  const admin = shownAdmin(server)
  if (admin === 'maint') return server.told === 'maint' ? 'MAINT' : `MAINT (via ${server.line.track})`
  if (!server.isUp) return 'DOWN'
  if (admin === 'drain') return 'DRAIN'
  return server.line.isChecked || server.tracked ? 'UP' : 'no check'
}
