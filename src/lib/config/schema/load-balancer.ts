import * as z from 'zod'
import {timedCommand} from './command.ts'
import {balancerHost} from './ssh.ts'
import {duration, matching, name, remotePath, words} from './text.ts'

const ownedFile = z
  .strictObject({
    path: remotePath,
    bind: matching(/^\S+$/, 'must be an address to listen on, such as *:80'),
    validate: words.describe('Judges the file in its place, where the balancer is not on the usual PATH'),
    reload: words,
  })
  .partial()
  .describe('A file that gha writes whole; leave it out when the configuration is yours')

const hosts = z.array(balancerHost).min(1)
/** Names a backend or upstream in a configuration file. */
const group = matching(/^[A-Za-z0-9_.:-]+$/, 'must be letters, digits, dots, dashes, colons or underscores')

export const loadBalancer = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('haproxy'),
      hosts,
      backend: z
        .union([group, z.array(group).min(1)], {error: 'must be the name of a backend, or a list of such'})
        .optional(),
      socket: remotePath.optional(),
      drainTimeout: duration.optional(),
      file: ownedFile.optional(),
    }),
    z.strictObject({
      type: z.literal('nginx'),
      hosts,
      upstream: group.optional(),
      drainTimeout: duration.optional(),
      file: ownedFile.optional(),
    }),
    z.strictObject({
      type: z.literal('hook'),
      name: name.optional(),
      host: balancerHost.optional().describe('Where the commands run; on the machine of gha unless given'),
      commands: z.strictObject({
        list: timedCommand.describe('Prints every server and its state'),
        status: timedCommand.describe("Prints one server's state"),
        drain: timedCommand.describe('Nothing new for the server'),
        out: timedCommand.describe('Nothing at all for the server, where draining alone never ends').optional(),
        undrain: timedCommand.describe('The server serves again'),
      }),
      drainTimeout: duration.optional(),
      confirm: z
        .strictObject({
          times: z.int().min(2).max(20),
          every: duration,
        })
        .partial()
        .describe('In and out are believed when the status says so as many times in a row')
        .optional(),
    }),
    z.strictObject({type: z.literal('none')}),
  ])
  .describe('What stands before the nodes')
