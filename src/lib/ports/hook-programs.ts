import type {Argv} from '../model/node.ts'

/** Programs of the operator on this machine, each a process group of its own: Ctrl-C in the terminal does not reach them. */
export interface HookPrograms {
  /** False where nothing of that name can be run; a relative path starts at the folder. */
  isThere(program: string, folder: string): Promise<boolean>
  /** Never rejects for what the program does. */
  run(order: HookOrder): Promise<HookEnd>
}

export interface HookOrder {
  readonly argv: Argv
  readonly folder: string
  /** In the place of every `GHA_*` that gha itself was given. */
  readonly environment: Readonly<Record<string, string>>
  /** Whether a variable of gha's own environment, by its value, is kept from the program. */
  readonly isSecret: (value: string) => boolean
  /** After it the whole group is ended. */
  readonly deadlineSeconds: number
  /** A line of what it says, on either of its outputs. */
  readonly onLine: (line: string) => void
}

export type HookEnd =
  | {readonly how: 'exited'; readonly code: number}
  | {readonly how: 'killed'; readonly signal: string}
  | {readonly how: 'late'}
  | {readonly how: 'not-started'; readonly reason: string}
