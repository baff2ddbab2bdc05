import {randomInt} from 'node:crypto'

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A name that sorts by the time it was made, and is random after that. */
export function newUlid(): string {
  let time = Date.now()
  let head = ''
  for (let place = 0; place < 10; place++) {
    head = LETTERS.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  return head + Array.from({length: 16}, () => LETTERS.charAt(randomInt(32))).join('')
}
