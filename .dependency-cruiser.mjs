// The architecture as rules. Within src/lib a part knows only parts above it in this list.
export const PARTS = [
  'model',
  'errors',
  'grafana',
  'ports',
  'config',
  'facts',
  'render',
  'host',
  'backup',
  'checks',
  'plan',
  'probe',
  'rollout',
  'report',
  'adapters',
  'actions',
  'cli',
]

const looksUpOnly = PARTS.slice(0, -1).map((part, place) => ({
  name: `${part}-looks-up-only`,
  comment: `src/lib/${part} imports from a part below it. Move the shared type up, or pass the value in.`,
  severity: 'error',
  from: {path: `^src/lib/${part}/`},
  to: {path: `^src/lib/(${PARTS.slice(place + 1).join('|')})/|^src/commands/`},
}))

const OUTSIDE =
  '^(node:)?(fs|fs/promises|net|tls|dgram|child_process|http|https|os|readline|readline/promises|worker_threads)$'
const CLIENTS = '^(ssh2|execa|pg|mysql2|mysql2/promise|ioredis|inquirer|@inquirer/.*)$'

export default {
  forbidden: [
    ...looksUpOnly,
    {
      name: 'adapters-only-from-context',
      comment: 'Only cli/context.ts picks adapters. Take the port as a parameter instead.',
      severity: 'error',
      from: {path: '^src/', pathNot: '^src/lib/(adapters/|cli/context\\.ts$)'},
      to: {path: '^src/lib/adapters/'},
    },
    {
      name: 'effects-only-in-adapters',
      comment: 'Only src/lib/adapters touches the outside. Add a method to a port and implement it there.',
      severity: 'error',
      from: {path: '^src/', pathNot: '^src/lib/adapters/'},
      to: {path: `${OUTSIDE}|node_modules/(ssh2|execa|pg|mysql2|ioredis|inquirer|@inquirer)/|${CLIENTS}`},
    },
    {
      name: 'colour-only-in-report',
      comment: 'Return data and let src/lib/report find the words and colours.',
      severity: 'error',
      from: {path: '^src/', pathNot: '^src/lib/report/'},
      to: {path: 'node_modules/chalk/|^chalk$'},
    },
    {
      name: 'commands-know-cli-actions-report',
      comment: 'A command parses flags, opens the context, calls one action and hands the result to a report.',
      severity: 'error',
      from: {path: '^src/commands/'},
      to: {path: '^src/lib/', pathNot: '^src/lib/(cli|actions|report|model|errors)/'},
    },
    {
      name: 'oclif-only-at-the-edge',
      comment: 'oclif belongs to src/commands and src/lib/cli.',
      severity: 'error',
      from: {path: '^src/lib/', pathNot: '^src/lib/cli/'},
      to: {path: 'node_modules/@oclif/|^@oclif/'},
    },
    {
      name: 'checks-and-plans-are-strangers',
      comment: 'A plan names checks by id; it does not import them.',
      severity: 'error',
      from: {path: '^src/lib/plan/'},
      to: {path: '^src/lib/checks/'},
    },
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or share a third.',
      severity: 'error',
      from: {path: '^(src|test)/'},
      to: {circular: true},
    },
    {
      name: 'src-never-sees-tests',
      comment: 'What src needs from a test belongs in src.',
      severity: 'error',
      from: {path: '^src/'},
      to: {path: '^(test|scripts)/'},
    },
    {
      name: 'the-double-never-sees-src',
      comment:
        "The double and the sandbox stand for other programs: what they share with gha would hide gha's mistakes.",
      severity: 'error',
      from: {path: '^test/(double|sandbox|load)/'},
      to: {path: '^src/'},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    tsConfig: {fileName: 'tsconfig.json'},
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {extensions: ['.ts', '.js', '.mjs']},
  },
}
