import path from 'node:path'
import {Flags} from '@oclif/core'
import {readRenderMaterial} from '../lib/actions/read-material.ts'
import {renderCluster} from '../lib/actions/render-cluster.ts'
import {BaseCommand, configFlag, outputFlag} from '../lib/cli/base-command.ts'
import {openContext} from '../lib/cli/context.ts'
import {renderedDocument, renderedTable} from '../lib/report/rendered.ts'

export default class Render extends BaseCommand {
  static override readonly summary = 'Write every file of every node and balancer to a folder.'
  static override readonly description =
    'The bytes are those that `gha apply` and `gha rollout` put in place, but for secrets, which are replaced unless `--show-secrets` asks for them. No host is reached.'
  static override readonly examples = [
    {description: 'Look at what would be written', command: '<%= config.bin %> <%= command.id %> --out ./rendered'},
    {
      description: 'With secrets, in files for you alone',
      command: '<%= config.bin %> <%= command.id %> --out ./rendered --show-secrets',
    },
  ]
  static override readonly flags = {
    config: configFlag,
    output: outputFlag,
    out: Flags.string({
      required: true,
      summary: 'Folder that takes the files as HOST/PATH: a new one, or one that an earlier render wrote.',
      helpValue: 'DIR',
    }),
    'show-secrets': Flags.boolean({summary: 'Write the true secrets, in files that only you can read.'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Render)
    const {cluster, ports, close} = await openContext({config: flags.config, dryRun: true})
    try {
      const directory = path.resolve(flags.out)
      const material = await readRenderMaterial(cluster, ports.files)
      const secrets = flags['show-secrets'] ? 'shown' : 'redacted'
      const written = await renderCluster({cluster, material, directory, secrets}, ports.files)
      const document = renderedDocument(written, {cluster: cluster.name, directory})
      ports.ui.print(flags.output === 'json' ? JSON.stringify(document) : renderedTable(written))
      ports.ui.say(`${cluster.name}: ${written.length} files in ${directory}, secrets ${secrets}`)
    } finally {
      await close()
    }
  }
}
