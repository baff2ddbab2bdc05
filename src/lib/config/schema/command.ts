import * as z from 'zod'
import {someTime, words} from './text.ts'

/** Words alone, or with the time that they may take. */
export const timedCommand = z.union([words, z.strictObject({run: words, deadline: someTime.optional()})], {
  error: 'must be a list of words, or { run: [words], deadline: 60s }',
})
