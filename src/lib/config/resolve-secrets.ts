import path from 'node:path'
import {messageOf} from '../errors/message-of.ts'
import {Secret} from '../model/secret.ts'
import type {Env, Files, Programs} from '../ports/local.ts'
import type {Diagnostic, Path} from './problem.ts'
import {formatPath} from './problem.ts'
import {looksLikeReference, parseReference, type Reference} from './reference.ts'
import {isSecretPlace, mayHoldSecret, type PlacedText, textsIn} from './secret-places.ts'

export interface SecretPorts {
  readonly files: Files
  readonly env: Env
  readonly programs: Programs
  /** Stands by while the command of a reference runs; the path is the reference's. */
  readonly attend?: <T>(running: Promise<T>, path: Path) => Promise<T>
}

/** Secrets by the path of their place, as `formatPath` spells it. */
export type Secrets = ReadonlyMap<string, Secret>

export interface ResolvedSecrets {
  readonly secrets: Secrets
  readonly problems: readonly Diagnostic[]
  readonly warnings: readonly Diagnostic[]
}

/** Follows every reference in the file; relative paths and commands start at its folder. */
export async function resolveSecrets(root: unknown, folder: string, ports: SecretPorts): Promise<ResolvedSecrets> {
  const resolver = new Resolver(folder, ports)
  const answers = await Promise.all(textsIn(root).map(place => resolver.resolve(place)))
  return {
    secrets: new Map(answers.flatMap(({path, secret}) => (secret ? [[formatPath(path), secret] as const] : []))),
    problems: answers.flatMap(({path, problem}) => (problem ? [{path, text: problem}] : [])),
    warnings: answers.flatMap(({path, warning}) => (warning ? [{path, text: warning}] : [])),
  }
}

interface Resolution {
  readonly secret?: Secret
  readonly problem?: string
  readonly warning?: string
}

class Resolver {
  readonly #folder: string
  readonly #ports: SecretPorts
  /** The same reference twice is read once: a command may ask the operator something. */
  readonly #read = new Map<string, Promise<Resolution>>()

  constructor(folder: string, ports: SecretPorts) {
    this.#folder = folder
    this.#ports = ports
  }

  async resolve({path: place, text}: PlacedText): Promise<PlacedText & Resolution> {
    const reference = parseReference(text)
    if (reference.from === 'none') return {path: place, text, ...clearText({path: place, text})}
    if (reference.from === 'malformed') return {path: place, text, problem: reference.text}
    if (!mayHoldSecret(place)) return {path: place, text, problem: 'a secret reference is not possible here'}
    const reading = this.#read.get(text) ?? this.#follow(reference, place)
    this.#read.set(text, reading)
    return {path: place, text, ...(await reading)}
  }

  async #follow(reference: Exclude<Reference, {from: 'none' | 'malformed'}>, place: Path): Promise<Resolution> {
    switch (reference.from) {
      case 'env':
        return this.#fromEnvironment(reference.name)
      case 'file':
        return this.#fromFile(reference.path)
      case 'cmd':
        return this.#fromCommand(reference.argv, place)
    }
  }

  #fromEnvironment(name: string): Resolution {
    const value = this.#ports.env.get(name)
    if (value === undefined) return {problem: `the environment variable ${name} is not set`}
    return checked(value, `the environment variable ${name}`)
  }

  async #fromFile(relative: string): Promise<Resolution> {
    const file = path.resolve(this.#folder, relative)
    try {
      const bytes = await this.#ports.files.read(file)
      if (!bytes) return {problem: `there is no file ${relative}`}
      const mode = await this.#ports.files.mode(file)
      const open = mode !== undefined && (mode & 0o004) !== 0
      const resolution = checked(decoded(bytes), `the file ${relative}`)
      return open
        ? {...resolution, warning: `every user of this machine can read ${relative}: chmod 600 ${relative}`}
        : resolution
    } catch (error) {
      return {problem: `cannot read the file ${relative}: ${firstLineOf(messageOf(error))}`}
    }
  }

  async #fromCommand(argv: readonly [string, ...string[]], place: Path): Promise<Resolution> {
    const {programs, attend} = this.#ports
    try {
      const running = programs.output(argv, this.#folder)
      return checked(await (attend?.(running, place) ?? running), `the command ${argv[0]}`)
    } catch (error) {
      return {problem: `the command ${argv[0]} failed: ${firstLineOf(messageOf(error))}`}
    }
  }
}

function clearText({path: place, text}: PlacedText): Resolution {
  if (!isSecretPlace(place)) return {}
  if (looksLikeReference(text))
    return {problem: 'is no secret reference: write ${env:NAME}, ${file:./path} or ${cmd:[…]}'}
  return {
    secret: new Secret(text),
    warning: 'this secret stands in clear text: move it to a file and write ${file:./path}',
  }
}

/** One end of line at the end is the editor's, not the secret's. */
function checked(value: string | undefined, source: string): Resolution {
  if (value === undefined) return {problem: `${source} is not UTF-8 text`}
  const text = value.replace(/\r?\n$/, '')
  if (text === '') return {problem: `${source} is empty`}
  return {secret: new Secret(text)}
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return undefined
  }
}

function firstLineOf(text: string): string {
  return text.split('\n')[0] ?? ''
}
