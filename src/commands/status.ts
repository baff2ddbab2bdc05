import {Flags} from '@oclif/core'
import {readMaterial} from '../lib/actions/read-material.ts'
import {showStatus, watchStatus} from '../lib/actions/show-status.ts'
import {BaseCommand, configFlag, outputFlag} from '../lib/cli/base-command.ts'
import {openContext} from '../lib/cli/context.ts'
import {untilInterrupted} from '../lib/cli/until-interrupted.ts'
import type {ClusterStatus} from '../lib/report/status/cluster-status.ts'
import {statusDocument, statusExit} from '../lib/report/status/status-document.ts'
import {redrawn, statusText} from '../lib/report/status/status-text.ts'

const WATCH_SECONDS = 2

export default class Status extends BaseCommand {
  static override readonly summary = 'Show the cluster on one screen.'
  static override readonly description =
    'Per node: state in the balancer, version, fingerprint of its configuration, age of the process, latency of the database, members of the alerting mesh, and who is at work on it. Exit 4 when somebody could not be asked.'
  static override readonly examples = [
    {description: 'Once', command: '<%= config.bin %> <%= command.id %>'},
    {description: 'Every five seconds', command: '<%= config.bin %> <%= command.id %> --watch --interval 5'},
  ]
  static override readonly flags = {
    config: configFlag,
    output: outputFlag,
    watch: Flags.boolean({char: 'w', summary: 'Look again and again until Ctrl-C.'}),
    interval: Flags.integer({
      char: 'n',
      summary: 'Seconds between two looks, 2 if not given.',
      helpValue: 'SECONDS',
      dependsOn: ['watch'],
      min: 1,
      max: 3600,
    }),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Status)
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: true})
    const show = (status: ClusterStatus) => {
      ports.ui.print(flags.output === 'json' ? JSON.stringify(statusDocument(status)) : this.textOf(status, flags))
      this.leave(statusExit(status))
    }
    try {
      const look = {cluster, material: await readMaterial(cluster, ports.files)}
      if (!flags.watch) return show(await showStatus(look, ports))
      await untilInterrupted(signal =>
        watchStatus({look, seconds: flags.interval ?? WATCH_SECONDS, show, signal}, ports),
      )
    } finally {
      await close()
    }
  }

  private textOf(status: ClusterStatus, {watch}: {readonly watch: boolean}): string {
    const text = statusText(status, {colour: this.colourOnStdout()})
    return watch && process.stdout.isTTY ? redrawn(text) : text
  }
}
