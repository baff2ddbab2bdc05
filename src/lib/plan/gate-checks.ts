/** What a node must pass before users get it back. */
export const GATE_CHECKS = [
  'service/running',
  'config/which-file',
  'grafana/health',
  'grafana/effective-settings',
  'grafana/login',
  'grafana/data-sources',
  'grafana/plugins',
  'grafana/log',
  'mesh/members',
  'mesh/messages',
] as const
