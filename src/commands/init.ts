import path from 'node:path'
import {Flags} from '@oclif/core'
import {parseNode} from '../lib/actions/init/arguments.ts'
import {readSecrets} from '../lib/actions/init/bring-secrets.ts'
import {initCluster} from '../lib/actions/init/init-cluster.ts'
import {INSTALL_CHOICES} from '../lib/actions/init/install-choices.ts'
import {BaseCommand, mutationFlags} from '../lib/cli/base-command.ts'
import {openPorts} from '../lib/cli/context.ts'
import {wishOf} from '../lib/cli/init-wish.ts'
import {initText} from '../lib/report/init.ts'

export default class Init extends BaseCommand {
  static override readonly summary = 'Write a first gha.yaml and its secrets.'
  static override readonly description =
    'Asks on a terminal for what the arguments leave open, and tries each answer as it goes. Without one, the arguments must name the nodes and the database, and what does not answer is refused unless --offline is said. Overwrites nothing.'
  static override readonly examples = [
    {description: 'Be asked', command: '<%= config.bin %> <%= command.id %>'},
    {
      description: 'From a script',
      command:
        '<%= config.bin %> <%= command.id %> gf1=10.0.0.11 gf2=10.0.0.12 --database postgres://grafana@db:5432/grafana --database-password-file ./pw --balancer haproxy=lb1 --yes',
    },
  ]
  static override readonly usage = 'init [NAME=HOST...] [FLAGS]'
  static override readonly strict = false
  static override readonly flags = {
    cluster: Flags.string({summary: 'Name of the cluster.', helpValue: 'NAME'}),
    'grafana-version': Flags.string({summary: 'Version of Grafana.', helpValue: 'VERSION'}),
    'root-url': Flags.string({summary: 'URL that browsers open.', helpValue: 'URL'}),
    install: Flags.option({options: INSTALL_CHOICES.map(({value}) => value), summary: 'Where Grafana comes from.'})(),
    packages: Flags.string({summary: 'Folder with the packages, for a tarball.', helpValue: 'DIR'}),
    database: Flags.string({summary: 'The shared database, without its password.', helpValue: 'URL'}),
    'database-password-file': Flags.string({
      summary: 'File with its password; or set GHA_DATABASE_PASSWORD.',
      helpValue: 'FILE',
    }),
    'secret-key-file': Flags.string({summary: "File with an existing Grafana's secret_key.", helpValue: 'FILE'}),
    'secrets-manager-key-file': Flags.string({
      summary: 'File with its second key, from Grafana 12 on.',
      helpValue: 'FILE',
    }),
    'admin-password-file': Flags.string({summary: "File with the admin's password.", helpValue: 'FILE'}),
    'ssh-user': Flags.string({summary: 'User that logs in over SSH.', helpValue: 'USER'}),
    'ssh-port': Flags.integer({summary: 'Port of SSH.', min: 1, max: 65_535}),
    balancer: Flags.string({summary: 'haproxy=HOST[,HOST], nginx=HOST or none.', helpValue: 'WHAT'}),
    set: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Any value of gha.yaml by its path; can be given several times.',
      helpValue: 'PATH=VALUE',
    }),
    directory: Flags.string({char: 'C', summary: 'Folder to write to.', default: '.', helpValue: 'DIR'}),
    offline: Flags.boolean({summary: 'Try nothing: only write.'}),
    ...mutationFlags,
  }

  async run(): Promise<void> {
    const {flags, argv} = await this.parse(Init)
    const ports = openPorts({dryRun: true})
    try {
      const nodes = argv.map(word => parseNode(String(word)))
      const result = await initCluster(
        {
          directory: path.resolve(flags.directory),
          wish: wishOf(flags, nodes),
          secrets: await readSecrets(
            {
              database_password: flags['database-password-file'],
              secret_key: flags['secret-key-file'],
              secrets_manager_key: flags['secrets-manager-key-file'],
              admin_password: flags['admin-password-file'],
            },
            ports,
          ),
          mode: ports.ui.interactive && !flags.yes ? 'ask' : 'unattended',
          offline: flags.offline,
          dryRun: flags['dry-run'],
        },
        ports,
      )
      if (result.result === 'shown') ports.ui.print(result.text)
      ports.ui.say(initText(result))
      if (result.result === 'declined') this.leave('cancelled')
    } finally {
      await ports.hosts.closeAll()
    }
  }
}
