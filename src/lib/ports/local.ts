/** Files of this machine. Paths are absolute. */
export interface Files {
  /** Undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>
  /** Whole or not at all: temporary name in the same folder, fsync, rename. Makes missing folders, closed to those the file is closed to. */
  write(path: string, content: string | Uint8Array, mode: number): Promise<void>
  /** Rejects as `write` would where nothing can be written, and leaves nothing. */
  rehearse(path: string): Promise<void>
  /** One line at the end, fsynced before it resolves. */
  append(path: string, line: string): Promise<void>
  /** Every regular file below, as paths relative to it, sorted. */
  list(directory: string): Promise<readonly string[]>
  exists(path: string): Promise<boolean>
  /** Gone afterwards, whether it was there or not. */
  remove(path: string): Promise<void>
  /** What stands there; a link counts as what it points to. Undefined when there is nothing. */
  kind(path: string): Promise<'file' | 'folder' | 'other' | undefined>
  /** Permission bits; undefined when there is no such file. */
  mode(path: string): Promise<number | undefined>
}

export interface Env {
  get(name: string): string | undefined
}

/** Runs a program of this machine without a shell; its standard output. */
export interface Programs {
  /** Ended after a minute unless said otherwise. @throws Error whose message says why, and shows nothing of the standard output. */
  output(argv: readonly [string, ...string[]], cwd: string, wish?: ProgramWish): Promise<string>
}

export interface ProgramWish {
  readonly deadlineSeconds?: number
  /** Ends it, and all that it has started: a program with a signal is a process group of its own, and cannot ask anybody. */
  readonly signal?: AbortSignal
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves early, rejecting, when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** Who runs gha, and where: what a lock shows to the other operator. */
export interface Identity {
  readonly user: string
  readonly hostname: string
  readonly pid: number
  /** `BOOT/TABLE`: changes with every boot of this machine, and with the table that its pid stands in; empty where the system has none. */
  readonly bootId: string
  /** True while a process of that id stands in that table. */
  isAlive(pid: number): boolean
}
