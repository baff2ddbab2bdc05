import * as z from 'zod'
import {timedCommand} from './command.ts'
import {someTime, words} from './text.ts'

const after = z.union(
  [words, z.strictObject({run: words, deadline: someTime.optional(), onFailure: z.enum(['warn', 'stop']).optional()})],
  {error: 'must be a list of words, or { run: [words], deadline: 60s, onFailure: stop }'},
)

export const hooks = z
  .strictObject({
    preConnect: timedCommand.describe('Before gha reaches any host'),
    postConnect: after.describe('Every host has answered and the plan is made'),
    preRollout: timedCommand.describe('The lock is held; nothing is touched yet'),
    preNode: timedCommand.describe("Before a node's turn"),
    preDrain: timedCommand.describe('Before a node leaves the balancer'),
    postDrain: after.describe('It is out, and nothing is under way there'),
    postNode: after.describe("A node's turn is over, however it ended"),
    postRollout: timedCommand.describe('The run is over, however it ended; the lock is still held'),
  })
  .partial()
  .describe('Programs of yours that run on the machine of gha during apply, rollout and undo')
