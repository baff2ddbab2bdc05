import {stderr, stdin, stdout} from 'node:process'
import {GhaError} from '../errors/gha-error.ts'
import type {InputQuestion, Ui} from '../ports/ui.ts'

/** The process's own terminal. Questions go to stderr, so that stdout stays data; prompts load only when asked. */
export function terminal(): Ui {
  const interactive = Boolean(stdin.isTTY && stderr.isTTY)
  const ask = async () => {
    if (!interactive) throw noTerminal()
    return (await import('inquirer')).default.createPromptModule({output: stderr})
  }
  return {
    interactive,
    say: text => void stderr.write(`${text}\n`),
    print: text => void stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    async confirm(message) {
      const prompt = await ask()
      return (await settled(prompt([{type: 'confirm', name: 'answer', message, default: false}]))).answer
    },
    async input(question) {
      const prompt = await ask()
      return (await settled(prompt([{type: 'input', name: 'answer', ...inputOptions(question)}]))).answer
    },
    async password(question) {
      const prompt = await ask()
      return (await settled(prompt([{type: 'password', mask: '*', name: 'answer', ...inputOptions(question)}]))).answer
    },
    async select(message, choices) {
      const prompt = await ask()
      return (await settled(prompt([{type: 'select', name: 'answer', message, choices: [...choices]}]))).answer
    },
  }
}

function inputOptions({message, default: preset, validate}: InputQuestion) {
  return {message, ...(preset === undefined ? {} : {default: preset}), ...(validate ? {validate} : {})}
}

/** Ctrl-C at a prompt is the operator's no, not a bug. */
async function settled<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'ExitPromptError') throw cause
    throw new GhaError('cancelled', {code: 'CANCELLED', exit: 'cancelled', unchanged: 'Nothing was changed.', cause})
  }
}

function noTerminal(): GhaError {
  return new GhaError('there is no terminal to ask on', {
    code: 'NO_TTY',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Pass `--yes` to go ahead without a question, or `--dry-run` to see the plan.',
  })
}
