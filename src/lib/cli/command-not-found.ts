import {type Hook, type Interfaces, loadHelpClass} from '@oclif/core'
import {didYouMean} from '../config/nearest.ts'
import {GhaError} from '../errors/gha-error.ts'
import {sayError} from './say-error.ts'

/** oclif takes every word before the first flag for a part of the command's name: `check:gf1`. */
const commandNotFound: Hook<'command_not_found'> = async ({id, argv = [], config}) => {
  const [command = '', ...words] = id.split(':')
  const [about = command] = words
  if (command === 'help' && (words.length === 0 || config.commandIDs.includes(about))) return showHelp(words, config)
  sayError(
    config.commandIDs.includes(command)
      ? tooManyWords(command, words)
      : unknownCommand(command === 'help' ? about : command, config.commandIDs),
    argv,
  )
}

export default commandNotFound

/** `gha help rollout`, as in most tools. */
async function showHelp(words: readonly string[], config: Interfaces.Config): Promise<void> {
  const Help = await loadHelpClass(config)
  await new Help(config).showHelp([...words])
}

function tooManyWords(command: string, words: readonly string[]): GhaError {
  return new GhaError(`\`gha ${command}\` takes no argument ${words.join(' ')}`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: `Look at its flags with \`gha ${command} --help\`.`,
  })
}

function unknownCommand(command: string, known: readonly string[]): GhaError {
  return new GhaError(`there is no command ${command}${didYouMean(command, known)}`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'See all commands with `gha --help`.',
  })
}
