import {createSocket, type Socket as UdpSocket} from 'node:dgram'
import {lookup} from 'node:dns/promises'
import {connect, createServer, isIPv6, type Server, type Socket} from 'node:net'
import type {Log} from '../log.ts'
import type {Address} from './addresses.ts'
import type {AlertingMesh, MeshView} from './alerting-mesh.ts'
import {newUlid} from './ulid.ts'

export interface GossipOptions {
  readonly listen: Address
  readonly advertise: Address
  readonly peers: readonly Address[]
  readonly label: string
  readonly pushPullMs: number
  readonly log: Log
}

interface Peer extends Address {
  readonly name: string
}

interface Known extends Peer {
  readonly since: number
  /** 0 as long as it never answered. */
  answeredAt: number
  udpAnsweredAt: number
}

interface Message {
  readonly kind: 'ping' | 'ack' | 'update' | 'leave' | 'state'
  readonly label: string
  readonly from: Peer
  readonly members?: readonly Peer[]
}

const PROBE_MS = 500
const UPDATE_MS = 5000
const JOIN_MS = 2000
const UDP_SILENT_MS = 2500
const DEAD_MS = 9000
const NEVER_ANSWERED_MS = 30_000
const TCP_MS = 2000

/** A mesh of the nodes that answer: joined over TCP, watched over UDP, with TCP as the second way. */
export class Gossip implements AlertingMesh {
  private readonly self: Peer
  private readonly options: GossipOptions
  private readonly known = new Map<string, Known>()
  private readonly failed = new Map<string, Peer>()
  private readonly timers: NodeJS.Timeout[] = []
  private readonly tcp: Server
  private readonly udp: UdpSocket
  private readonly counts = {received: 0, updates: 0, sent: 0, pings: 0}

  private constructor(options: GossipOptions) {
    this.options = options
    this.self = {name: newUlid(), ...options.advertise}
    this.tcp = createServer(socket => this.answerState(socket))
    this.udp = createSocket(isIPv6(options.listen.host) ? 'udp6' : 'udp4')
  }

  static async join(options: GossipOptions): Promise<Gossip> {
    const gossip = new Gossip(options)
    await gossip.listen()
    gossip.start()
    return gossip
  }

  view(): MeshView {
    const alive = this.alive()
    const names = [this.self.name, ...alive.map(peer => peer.name)].sort()
    return {
      name: this.self.name,
      members: names.length,
      position: names.indexOf(this.self.name),
      healthScore: alive.filter(peer => isSilent(peer)).length,
      failedPeers: this.failed.size,
      ...this.counts,
    }
  }

  async leave(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    for (const peer of this.known.values()) this.sendUdp(peer, 'leave')
    await new Promise(resolve => setTimeout(resolve, 50))
    this.udp.close()
    this.tcp.close()
  }

  private async listen(): Promise<void> {
    const {host, port} = this.options.listen
    await new Promise<void>((resolve, reject) => {
      this.tcp.once('error', reject)
      this.tcp.listen(port, host || undefined, resolve)
    })
    await new Promise<void>((resolve, reject) => {
      this.udp.once('error', reject)
      this.udp.bind(port, host || undefined, () => resolve())
    })
    this.udp.removeAllListeners('error').on('error', () => {})
    this.udp.on('message', bytes => this.receiveUdp(bytes))
  }

  private start(): void {
    this.options.log.info('ngalert.multiorg.alertmanager', 'Waiting for gossip to settle...', {interval: '2s'})
    void this.callPeers('join')
    this.timers.push(
      setInterval(() => this.probe(), PROBE_MS),
      setInterval(() => this.update(), UPDATE_MS),
      setInterval(() => void this.callPeers('join'), JOIN_MS),
      setInterval(() => void this.callPeers('all'), this.options.pushPullMs),
    )
    setTimeout(() => this.sayWhetherSettled(), 2 * JOIN_MS).unref()
  }

  private sayWhetherSettled(): void {
    const {members} = this.view()
    this.options.log.info('ngalert.multiorg.alertmanager', 'gossip settled; proceeding', {members})
  }

  /** Asks those that are configured but not yet met, or all, for their whole state. */
  private async callPeers(whom: 'join' | 'all'): Promise<void> {
    const met = whom === 'join' ? this.alive() : []
    const missing = this.options.peers.filter(
      peer => !isSame(peer, this.self) && !met.some(found => isSame(found, peer)),
    )
    await Promise.all(missing.map(peer => this.callState(peer)))
  }

  private async callState(address: Address): Promise<void> {
    const host = await lookup(address.host).then(
      found => found.address,
      () => undefined,
    )
    if (host === undefined) return
    if (isSame({host, port: address.port}, this.self)) return
    const socket = connect({host, port: address.port, timeout: TCP_MS})
    socket.on('error', () => {}).on('timeout', () => socket.destroy())
    socket.write(`${JSON.stringify(this.state())}\n`)
    readLine(socket, line => {
      this.receiveState(line, 'answer')
      socket.end()
    })
  }

  private answerState(socket: Socket): void {
    socket.setTimeout(TCP_MS, () => socket.destroy())
    socket.on('error', () => {})
    readLine(socket, line => {
      this.receiveState(line, 'call')
      socket.end(`${JSON.stringify(this.state())}\n`)
    })
  }

  private state(): Message {
    this.counts.sent++
    return {kind: 'state', label: this.options.label, from: this.self, members: this.alive().map(plain)}
  }

  private receiveState(line: string, as: 'answer' | 'call'): void {
    const message = this.read(line)
    if (!message) return
    this.counts.received++
    for (const peer of message.members ?? []) this.meet(peer)
    const sender = this.meet(message.from)
    if (sender && as === 'answer') this.heard(sender)
    if (sender && as === 'call') this.sendUdp(sender, 'ping')
  }

  private receiveUdp(bytes: Buffer): void {
    const message = this.read(bytes.toString())
    if (!message) return
    if (message.kind === 'leave') {
      this.known.delete(message.from.name)
      return
    }
    const sender = this.meet(message.from)
    if (!sender) return
    if (message.kind === 'ping') this.sendUdp(sender, 'ack')
    if (message.kind === 'update') this.counts.updates++
    if (message.kind !== 'ack') return
    this.heard(sender)
    sender.udpAnsweredAt = Date.now()
  }

  private read(text: string): Message | undefined {
    try {
      const message = JSON.parse(text) as Message
      return message.label === this.options.label && message.from.name !== this.self.name ? message : undefined
    } catch {
      return undefined
    }
  }

  private meet(peer: Peer): Known | undefined {
    if (peer.name === this.self.name) return undefined
    const found = this.known.get(peer.name) ?? {...plain(peer), since: Date.now(), answeredAt: 0, udpAnsweredAt: 0}
    this.known.set(peer.name, found)
    return found
  }

  private heard(peer: Known): void {
    peer.answeredAt = Date.now()
    for (const [name, gone] of this.failed) if (isSame(gone, peer)) this.failed.delete(name)
  }

  private probe(): void {
    for (const peer of this.known.values()) {
      this.counts.pings++
      this.sendUdp(peer, 'ping')
      if (isSilent(peer)) void this.callState(peer)
      if (peer.answeredAt === 0 && Date.now() - peer.since > NEVER_ANSWERED_MS) this.known.delete(peer.name)
      if (peer.answeredAt === 0 || Date.now() - peer.answeredAt < DEAD_MS) continue
      this.known.delete(peer.name)
      this.failed.set(peer.name, peer)
    }
  }

  private update(): void {
    for (const peer of this.alive()) {
      this.counts.sent++
      this.sendUdp(peer, 'update')
    }
  }

  private alive(): Known[] {
    return [...this.known.values()].filter(peer => peer.answeredAt > 0)
  }

  private sendUdp(peer: Address, kind: Message['kind']): void {
    const message: Message = {kind, label: this.options.label, from: this.self}
    this.udp.send(JSON.stringify(message), peer.port, peer.host, () => {})
  }
}

function isSilent(peer: Known): boolean {
  return Date.now() - Math.max(peer.udpAnsweredAt, peer.since) > UDP_SILENT_MS
}

function isSame(one: Address, other: Address): boolean {
  return one.host === other.host && one.port === other.port
}

function plain({name, host, port}: Peer): Peer {
  return {name, host, port}
}

function readLine(socket: Socket, take: (line: string) => void): void {
  let text = ''
  let taken = false
  socket.on('data', chunk => {
    text += chunk
    if (taken || !text.includes('\n')) return
    taken = true
    take(text)
  })
}
