import * as z from 'zod'
import {hostName, jumpHost, localPath, matching, name, port, secret} from './text.ts'

/** How gha reaches a host; on a node or balancer host it overrides the cluster's, key by key. */
export const ssh = z
  .strictObject({
    user: matching(/^[^-\s:\0-\x1f\x7f][^\s:\0-\x1f\x7f]*$/, 'must be the name of a user, without blanks and colons'),
    port,
    identityFile: localPath,
    jump: z.union([jumpHost, z.array(jumpHost)], {error: 'must be user@host:port, or a list of such, outermost first'}),
    become: z.enum(['sudo', 'none']),
    becomePassword: secret,
    transport: z.enum(['auto', 'ssh2', 'openssh']),
    knownHosts: localPath,
  })
  .partial()
  .describe('How gha reaches the hosts over SSH')

export const balancerHost = z.strictObject({host: hostName, name: name.optional(), ssh: ssh.optional()})
