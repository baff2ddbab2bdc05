import {randomInt} from 'node:crypto'
import {Secret} from '../../model/secret.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 40

/** Letters and digits alone: nothing between here and Grafana needs to quote it. About 238 bits. */
export function newSecret(): Secret {
  return new Secret(Array.from({length: LENGTH}, () => ALPHABET[randomInt(ALPHABET.length)]).join(''))
}
