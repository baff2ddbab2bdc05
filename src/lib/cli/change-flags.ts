import {Flags} from '@oclif/core'
import {configFlag, mutationFlags, outputFlag} from './base-command.ts'
import type {WishFlags} from './wish.ts'

export const skipBalancerFlag = Flags.string({
  multiple: true,
  multipleNonGreedy: true,
  summary: 'A balancer host that is dead and is left out; can be given several times.',
  helpValue: 'NAME',
})

export const lockWaitFlag = Flags.integer({
  summary: 'Seconds to wait for another run to release the lock.',
  default: 0,
  min: 0,
})

/** What a rollout, and the plan of one, may wish over gha.yaml. */
export const paceFlags = {
  to: Flags.string({
    summary: 'Grafana version to go to; becomes `grafana.version` in gha.yaml.',
    helpValue: 'VERSION',
  }),
  limit: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    summary: 'Only these nodes: names, patterns such as `web*`, or `zone=a`; the others wait for a later rollout.',
    helpValue: 'NODE',
  }),
  canary: Flags.string({
    summary: 'The node that goes first and alone; over `rollout.canary` in gha.yaml.',
    helpValue: 'NODE',
  }),
  'max-failed': Flags.integer({
    summary: 'How many nodes may fail and go back before no other begins; over `rollout.maxFailed` in gha.yaml.',
    helpValue: 'N',
    min: 0,
  }),
  probe: Flags.boolean({
    summary: 'Watch what users get meanwhile; without, nobody does.',
    default: true,
    allowNo: true,
  }),
}

/** How the database is copied before its schema changes. */
export const backupFlags = {
  'backup-cmd': Flags.string({
    summary:
      'Your own command copies the database instead: it must end with 0, and its last line is the id of its copy.',
    helpValue: 'COMMAND',
    exclusive: ['skip-backup'],
  }),
  'skip-backup': Flags.boolean({
    summary: 'Change the schema without a copy of the database: there is no way back then.',
  }),
}

/** What restarts nodes that serve may ask for. */
export const lossFlags = {
  'accept-loss': Flags.boolean({summary: 'Restart although users will notice: one node only, or no balancer.'}),
  'accept-no-rollback': Flags.boolean({
    summary: 'Go on although a node could not go back, because its old package cannot be had any more.',
  }),
}

export const changeFlags = {
  config: configFlag,
  output: outputFlag,
  ...mutationFlags,
  'take-over': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    summary: 'A file on the nodes that gha did not write and may overwrite now; can be given several times.',
    helpValue: 'FILE',
  }),
  'skip-balancer': skipBalancerFlag,
  ...backupFlags,
  'skip-hooks': Flags.boolean({summary: 'Run none of the hooks of gha.yaml.'}),
  'lock-wait': lockWaitFlag,
}

export interface ChangeFlags extends WishFlags {
  readonly config?: string | undefined
  readonly output: 'text' | 'json'
  readonly 'dry-run': boolean
  readonly yes: boolean
  readonly 'take-over'?: readonly string[] | undefined
  readonly 'lock-wait': number
  readonly 'skip-hooks': boolean
  readonly 'accept-loss'?: boolean | undefined
  readonly 'accept-no-rollback'?: boolean | undefined
  readonly report?: string | undefined
  readonly try?: string | undefined
  readonly plan?: string | undefined
}
