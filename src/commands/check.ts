import {Flags} from '@oclif/core'
import {checkCluster} from '../lib/actions/check-cluster.ts'
import {readMaterial} from '../lib/actions/read-material.ts'
import {BaseCommand, configFlag, outputFlag} from '../lib/cli/base-command.ts'
import {openContext} from '../lib/cli/context.ts'
import {
  findingLines,
  findingSteps,
  findingsDocument,
  findingsExit,
  findingsSummary,
  findingsTable,
} from '../lib/report/findings.ts'

export default class Check extends BaseCommand {
  static override readonly summary = 'Look at every node and say what is wrong, before anything is changed.'
  static override readonly description =
    'Reaches every node over SSH and, from each node, logs in to the database and the cache and dials every peer. Nothing is changed. What could not be looked at is unknown, and never passes: exit 8.'
  static override readonly examples = [
    {description: 'Everything', command: '<%= config.bin %> <%= command.id %>'},
    {
      description: 'The database and the mesh',
      command: '<%= config.bin %> <%= command.id %> --only database --only mesh',
    },
    {description: 'For a monitor', command: '<%= config.bin %> <%= command.id %> -o json'},
  ]
  static override readonly flags = {
    config: configFlag,
    output: outputFlag,
    only: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      default: [],
      summary: 'Only checks whose id begins with this; can be given several times.',
      helpValue: 'PREFIX',
    }),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Check)
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: true})
    try {
      const material = await readMaterial(cluster, ports.files)
      const findings = await checkCluster({cluster, material, only: flags.only}, ports)
      ports.ui.print(this.shown(findings, {cluster: cluster.name, output: flags.output}))
      ports.ui.say(`${cluster.name}: ${findingsSummary(findings)}`)
      if (!process.stdout.isTTY) for (const step of findingSteps(findings)) ports.ui.say(`→ ${step}`)
      this.leave(findingsExit(findings))
    } finally {
      await close()
    }
  }

  private shown(findings: Findings, {cluster, output}: {readonly cluster: string; readonly output: string}): string {
    if (output === 'json') return JSON.stringify(findingsDocument(findings, cluster))
    return process.stdout.isTTY ? findingsTable(findings, {colour: this.colourOnStdout()}) : findingLines(findings)
  }
}

type Findings = Awaited<ReturnType<typeof checkCluster>>
