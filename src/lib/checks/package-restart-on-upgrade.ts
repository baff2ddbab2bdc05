import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const packageRestartOnUpgrade = perNode({
  id: 'package/restart-on-upgrade',
  title: 'a package upgrade does not restart Grafana by itself',
  severity: 'warning',
  hint: 'Set `RESTART_ON_UPGRADE=false` in the environment file of grafana-server; `gha rollout` itself is not affected.',
  unless: ({cluster}) =>
    ['apt', 'dnf'].includes(cluster.grafana.install.method) ? undefined : 'no package manager installs Grafana here',
  fact: ({seen}) => seen.package,
  judge: ({restartOnUpgrade}) => (restartOnUpgrade ? failed('RESTART_ON_UPGRADE is true') : passed('it does not')),
})
