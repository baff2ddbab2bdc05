import {readFile} from 'node:fs/promises'
import {isIPv4} from 'node:net'
import {execa} from 'execa'

/** Values by lower-case keyword, as `ssh -G` prints them. Empty where there is no ssh. */
export type SshConfig = ReadonlyMap<string, readonly string[]>

/** What one hop says of itself. */
interface Asked {
  readonly host: string
  readonly port?: number | undefined
  readonly user?: string | undefined
}

interface Answer {
  readonly config: SshConfig
  /** No line of any file it was read from tells hosts apart. */
  readonly holdsForAll: boolean
}

/** The operator's ssh configuration, asked by `ssh -G`: once for all hosts where it says the same of all. */
export class SshConfigs {
  readonly #file: string | undefined
  readonly #first = new Map<string, Promise<Answer>>()

  constructor(file: string | undefined) {
    this.#file = file
  }

  async of(asked: Asked): Promise<SshConfig> {
    const key = JSON.stringify([asked.port, asked.user])
    const first = this.#first.get(key)
    if (first === undefined) {
      const asking = this.#askWithFiles(asked)
      this.#first.set(key, asking)
      return (await asking).config
    }
    const {config, holdsForAll} = await first
    if (holdsForAll && staysAsWritten(asked.host)) return new Map([...config, ['hostname', [asked.host]]])
    return parse((await this.#ask(asked, [])).stdout)
  }

  async #askWithFiles(asked: Asked): Promise<Answer> {
    const {stdout, stderr} = await this.#ask(asked, ['-v'])
    const files = Array.from(
      stderr.matchAll(/^debug1: Reading configuration data (.+?)\r?$/gm),
      ([, file]) => file ?? '',
    )
    const texts = await Promise.all(files.map(file => readFile(file, 'utf8').catch(() => undefined)))
    return {
      config: parse(stdout),
      holdsForAll: stdout !== '' && texts.every(text => text !== undefined && !tellsHostsApart(text)),
    }
  }

  async #ask({host, port, user}: Asked, options: readonly string[]): Promise<{stdout: string; stderr: string}> {
    const argv = [
      ...(this.#file === undefined ? [] : ['-F', this.#file]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(user === undefined ? [] : ['-l', user]),
      ...options,
      '-G',
      '--',
      host,
    ]
    const {stdout, stderr, failed} = await execa('ssh', argv, {reject: false, stdin: 'ignore'})
    return failed ? {stdout: '', stderr: ''} : {stdout, stderr}
  }
}

/** Blocks other than `Host *`, names rewritten, and tokens such as `%h`. A line that is not understood counts as one. */
function tellsHostsApart(text: string): boolean {
  return text.split('\n').some(line => {
    const [, keyword = '', value = ''] = /^\s*"?([^\s="#]*)"?[\s=]*(.*?)\s*$/.exec(line) ?? []
    if (keyword === '') return line.trim() !== '' && !line.trim().startsWith('#')
    if (keyword.toLowerCase() === 'host') return value !== '*'
    return /^(?:match|hostname|canonical.*)$/i.test(keyword) || value.includes('%')
  })
}

/** ssh writes some names otherwise: in lower case, an address in its shortest form. */
function staysAsWritten(host: string): boolean {
  return isIPv4(host) || /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*$/.test(host)
}

function parse(text: string): SshConfig {
  const config = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space === -1) continue
    const key = line.slice(0, space)
    config.set(key, [...(config.get(key) ?? []), line.slice(space + 1)])
  }
  return config
}
