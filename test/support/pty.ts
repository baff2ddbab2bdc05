import {setTimeout as sleep} from 'node:timers/promises'
import {stripVTControlCharacters} from 'node:util'
import {type IPty, spawn} from '@lydell/node-pty'

const PATIENCE_MILLISECONDS = 20_000

/** A program on a real pseudo-terminal: waits for what is on the screen, types like a person. */
export class Pty {
  readonly exited: Promise<number>
  readonly #pty: IPty
  #screen = ''
  /** What was waited for lies before this. */
  #read = 0

  constructor(argv: readonly [string, ...string[]], env: NodeJS.ProcessEnv = process.env) {
    const [program, ...args] = argv
    this.#pty = spawn(program, args, {name: 'xterm', cols: 160, rows: 50, env: {...env, TERM: 'xterm'}})
    this.#pty.onData(data => {
      this.#screen += data
    })
    this.exited = new Promise(resolve => this.#pty.onExit(({exitCode}) => resolve(exitCode)))
  }

  /** Everything shown so far, without colours and cursor moves. */
  get screen(): string {
    return stripVTControlCharacters(this.#screen)
  }

  /** Resolves once the text shows after all that was waited for before. */
  async sees(text: string): Promise<void> {
    const end = Date.now() + PATIENCE_MILLISECONDS
    while (Date.now() < end) {
      const at = this.screen.indexOf(text, this.#read)
      if (at >= 0) {
        this.#read = at + text.length
        return
      }
      await sleep(20)
    }
    throw new Error(`never saw ${JSON.stringify(text)} in:\n${this.screen.slice(this.#read)}`)
  }

  async answers(question: string, keys: string): Promise<void> {
    await this.sees(question)
    this.#pty.write(`${keys}\r`)
  }

  type(keys: string): void {
    this.#pty.write(keys)
  }

  close(): void {
    this.#pty.kill('SIGKILL')
  }
}
