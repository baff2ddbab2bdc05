/** What is done at a moment. */
export const STRIKES = {
  gha: 'kill -9 of gha',
  ssh: 'kill -9 of its ssh',
  node: 'power cut of the node',
  packets: 'every packet of the operator lost, until gha has ended',
  hiccup: 'every packet of the operator lost, for 8 s',
} as const
export type StrikeName = keyof typeof STRIKES
