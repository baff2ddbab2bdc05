import {stderr, stdout} from 'node:process'
import {isatty} from 'node:tty'
import {GhaError} from '../errors/gha-error.ts'
import type {InputQuestion, Ui} from '../ports/ui.ts'
import {visible} from '../report/visible.ts'

/** The process's own terminal. Questions go to stderr, so that stdout stays data; prompts load only when asked. */
export function terminal(): Ui {
  const interactive = isatty(0) && isatty(2)
  const ask = async () => {
    if (!interactive) throw noTerminal()
    const {createPromptModule} = (await import('inquirer')).default
    return (signal: AbortSignal) => createPromptModule({output: stderr, signal})
  }
  return {
    interactive,
    say: text => void stderr.write(`${shown(text, stderr)}\n`),
    print: text => void stdout.write(`${shown(text, stdout)}${text.endsWith('\n') ? '' : '\n'}`),
    async confirm(message, withdrawn) {
      const prompt = await ask()
      const asked = await untilEnd(
        signal => prompt(signal)([{type: 'confirm', name: 'answer', message: visible(message), default: false}]),
        withdrawn,
      )
      return asked !== END && asked.answer
    },
    async input(question) {
      const prompt = await ask()
      return answered(
        await untilEnd(signal => prompt(signal)([{type: 'input', name: 'answer', ...inputOptions(question)}])),
      )
    },
    async password(question) {
      const prompt = await ask()
      const options = {mask: '*', name: 'answer', ...inputOptions(question)} as const
      return answered(await untilEnd(signal => prompt(signal)([{type: 'password', ...options}])))
    },
    async select(message, choices) {
      const prompt = await ask()
      const options = {name: 'answer', message: visible(message), choices: [...choices]} as const
      const asked = await untilEnd(signal => prompt(signal)([{type: 'select', ...options}]))
      if (asked === END) throw cancelled()
      return asked.answer
    },
  }
}

/** What a node, a file or an argument says reaches people here. */
function shown(text: string, stream: {readonly isTTY?: boolean}): string {
  return visible(text, stream.isTTY ? 'drawing' : 'nothing')
}

function inputOptions({message, default: preset, validate}: InputQuestion) {
  return {
    message: visible(message),
    ...(preset === undefined ? {} : {default: preset}),
    ...(validate ? {validate} : {}),
  }
}

/** Ctrl-D, a terminal that went away, or a question that was taken away. */
const END = Symbol('end of input')

/** Prompts do not settle by themselves when the input ends. Ctrl-C at a prompt is the operator's no, not a bug. */
async function untilEnd<T>(ask: (signal: AbortSignal) => Promise<T>, withdrawn?: AbortSignal): Promise<T | typeof END> {
  const {stdin} = process
  const end = new AbortController()
  const over = () => end.abort()
  const heed = (_: unknown, key?: {readonly ctrl?: boolean; readonly name?: string}) => {
    if (key?.ctrl && key.name === 'd') over()
  }
  stdin.on('keypress', heed).once('end', over)
  withdrawn?.addEventListener('abort', over)
  try {
    return await ask(end.signal)
  } catch (cause) {
    if (end.signal.aborted) return END
    if (!(cause instanceof Error) || cause.name !== 'ExitPromptError') throw cause
    throw cancelled(cause)
  } finally {
    stdin.off('keypress', heed).off('end', over)
    withdrawn?.removeEventListener('abort', over)
  }
}

function answered<T>(asked: {readonly answer: T} | typeof END): T {
  if (asked === END) throw cancelled()
  return asked.answer
}

function cancelled(cause?: unknown): GhaError {
  return new GhaError('cancelled', {code: 'CANCELLED', exit: 'cancelled', unchanged: 'Nothing was changed.', cause})
}

function noTerminal(): GhaError {
  return new GhaError('there is no terminal to ask on', {
    code: 'NO_TTY',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Pass `--yes` to go ahead without a question, or `--dry-run` to see the plan.',
  })
}
