import type {Hook} from '@oclif/core'
import {didYouMean} from '../config/nearest.ts'
import {GhaError} from '../errors/gha-error.ts'
import {sayError} from './say-error.ts'

/** oclif takes every word before the first flag for a part of the command's name: `check:gf1`. */
const commandNotFound: Hook<'command_not_found'> = async ({id, argv = [], config}) => {
  const [command = '', ...words] = id.split(':')
  sayError(
    config.commandIDs.includes(command) ? tooManyWords(command, words) : unknownCommand(command, config.commandIDs),
    argv,
  )
}

export default commandNotFound

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
