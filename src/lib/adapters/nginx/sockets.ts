import {isIpv6} from '../../model/address.ts'

/** An established connection, as /proc/net/tcp has it. */
export interface Socket {
  /** The far end, in the kernel's own spelling. */
  readonly remote: string
  readonly inode: string
}

/** Lines of /proc/net/tcp and tcp6. */
export function readSockets(text: string): readonly Socket[] {
  return text.split('\n').flatMap(line => {
    const fields = line.trim().split(/\s+/)
    const [remote, state, inode] = [fields[2], fields[3], fields[9]]
    return remote !== undefined && state === ESTABLISHED && inode !== undefined ? [{remote, inode}] : []
  })
}

/** An address as the kernel of a little-endian machine spells it there. */
export function kernelSpelling(address: string, port: number): string {
  const bytes = isIpv6(address) ? ipv6Bytes(address) : address.split('.').map(Number)
  const words = Array.from({length: bytes.length / 4}, (_, word) => bytes.slice(word * 4, word * 4 + 4).toReversed())
  return `${words.flat().map(hex).join('')}:${port.toString(16).toUpperCase().padStart(4, '0')}`
}

const ESTABLISHED = '01'

function ipv6Bytes(address: string): readonly number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [left = '', right] = canonical.split('::')
  const groups = (text: string) => text.split(':').filter(group => group !== '')
  const missing = right === undefined ? 0 : 8 - groups(left).length - groups(right).length
  const all = [...groups(left), ...Array.from({length: missing}, () => '0'), ...groups(right ?? '')]
  return all.map(group => Number.parseInt(group, 16)).flatMap(value => [value >> 8, value & 0xff])
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}
