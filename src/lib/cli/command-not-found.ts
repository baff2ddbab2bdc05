import {type Hook, type Interfaces, loadHelpClass} from '@oclif/core'
import {didYouMean} from '../config/nearest.ts'
import {GhaError} from '../errors/gha-error.ts'
import {sayError} from './say-error.ts'

/** oclif takes every word before the first flag for a part of the command's name: `check:gf1`. */
const commandNotFound: Hook<'command_not_found'> = async ({id, argv = [], config}) => {
  const [command = '', ...words] = id.split(':')
  const [about = command] = words
  if (command === 'help' && isAbout(words, config.commandIDs)) return showHelp(words, config)
  const below = config.commandIDs.flatMap(each =>
    each.startsWith(`${command}:`) ? each.slice(command.length + 1) : [],
  )
  if (config.commandIDs.includes(command)) sayError(tooManyWords(command, words, below), argv)
  else if (below.length > 0) sayError(unknownBelow(command, about, below), argv)
  else sayError(unknownCommand(command === 'help' ? words.join(' ') : command, config.commandIDs), argv)
}

export default commandNotFound

/** About all, a command, or a topic. */
function isAbout(words: readonly string[], known: readonly string[]): boolean {
  const id = words.join(':')
  return words.length === 0 || known.some(each => each === id || each.startsWith(`${id}:`))
}

/** `gha help rollout`, as in most tools. */
async function showHelp(words: readonly string[], config: Interfaces.Config): Promise<void> {
  const Help = await loadHelpClass(config)
  await new Help(config).showHelp([...words])
}

function tooManyWords(command: string, words: readonly string[], below: readonly string[]): GhaError {
  const [word = ''] = words
  return wrongWords(
    `\`gha ${command}\` takes no argument ${words.join(' ')}${didYouMean(word, below)}`,
    `Look at its flags with \`gha ${command} --help\`.`,
  )
}

/** Of a topic, which is no command itself. */
function unknownBelow(topic: string, word: string, below: readonly string[]): GhaError {
  return wrongWords(
    `there is no command ${topic} ${word}${didYouMean(word, below)}`,
    `See those there are with \`gha ${topic} --help\`.`,
  )
}

function unknownCommand(command: string, known: readonly string[]): GhaError {
  return wrongWords(
    `there is no command ${command}${didYouMean(command, known.map(asTyped))}`,
    'See all commands with `gha --help`.',
  )
}

function wrongWords(message: string, hint: string): GhaError {
  return new GhaError(message, {code: 'USAGE', exit: 'usage', unchanged: 'Nothing was changed.', hint})
}

/** `rollout:status` as `rollout status`. */
function asTyped(id: string): string {
  return id.replaceAll(':', ' ')
}
