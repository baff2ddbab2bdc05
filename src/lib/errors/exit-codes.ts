/** Every exit code gha uses; anything else counts as a failure. docs/exit-codes.md and the README say the same, and a test compares. */
export const EXIT_CODES = {
  ok: {code: 0, means: 'done, or nothing to do'},
  bug: {code: 1, means: 'an error inside gha'},
  usage: {code: 2, means: 'wrong usage or cluster file'},
  authentication: {code: 3, means: 'authentication failed (SSH, sudo, database, Grafana)'},
  partial: {code: 4, means: 'the cluster is mixed, or a node is held out'},
  cancelled: {code: 5, means: 'cancelled or stopped; the second Ctrl-C exits 130'},
  unsupported: {code: 6, means: 'this version step is not supported'},
  locked: {code: 7, means: 'another run holds the lock; nothing was changed'},
  preflight: {code: 8, means: 'a check failed or is unknown; nothing was changed'},
  reverted: {code: 9, means: 'failed, and everything is as it was before'},
  drift: {code: 10, means: 'drift, or changes are pending'},
} as const

export type ExitName = keyof typeof EXIT_CODES

export function exitCode(name: ExitName): number {
  return EXIT_CODES[name].code
}
