import {balancerStatus} from './balancer-status.ts'
import {cacheLogin} from './cache-login.ts'
import type {Check} from './check.ts'
import {configDrift} from './config-drift.ts'
import {configNewerThanProcess} from './config-newer-than-process.ts'
import {configOtherTools} from './config-other-tools.ts'
import {configPlugins} from './config-plugins.ts'
import {configShadowed} from './config-shadowed.ts'
import {configUnmanaged} from './config-unmanaged.ts'
import {configWhichFile} from './config-which-file.ts'
import {databaseConnections} from './database-connections.ts'
import {databaseContent} from './database-content.ts'
import {databaseLatency} from './database-latency.ts'
import {databaseLocks} from './database-locks.ts'
import {databaseLogin} from './database-login.ts'
import {databaseReadOnly} from './database-read-only.ts'
import {databaseSameForAll} from './database-same-for-all.ts'
import {databaseTls} from './database-tls.ts'
import {ghaDrainExpired} from './gha-drain-expired.ts'
import {ghaDrainKept} from './gha-drain-kept.ts'
import {ghaUnfinished} from './gha-unfinished.ts'
import {grafanaDataSources} from './grafana-data-sources.ts'
import {grafanaEffectiveSettings} from './grafana-effective-settings.ts'
import {grafanaHealth} from './grafana-health.ts'
import {grafanaLog} from './grafana-log.ts'
import {grafanaLogin} from './grafana-login.ts'
import {grafanaPlugins} from './grafana-plugins.ts'
import {hostClock} from './host-clock.ts'
import {hostDisk} from './host-disk.ts'
import {meshMembers} from './mesh-members.ts'
import {meshMessages} from './mesh-messages.ts'
import {meshPorts} from './mesh-ports.ts'
import {packageRestartOnUpgrade} from './package-restart-on-upgrade.ts'
import {packageSource} from './package-source.ts'
import {packageVersionsAgree} from './package-versions-agree.ts'
import {serviceContainer} from './service-container.ts'
import {serviceRunning} from './service-running.ts'
import {sshReachable} from './ssh-reachable.ts'
import {sshSudo} from './ssh-sudo.ts'

/** Every check, in the order in which an operator would look. A new check is one file and one line here. */
export const CHECKS: readonly Check[] = [
  sshReachable,
  sshSudo,
  hostClock,
  hostDisk,
  packageSource,
  packageVersionsAgree,
  packageRestartOnUpgrade,
  configUnmanaged,
  configDrift,
  configPlugins,
  configWhichFile,
  configShadowed,
  configOtherTools,
  configNewerThanProcess,
  databaseLogin,
  databaseLatency,
  databaseReadOnly,
  databaseContent,
  databaseTls,
  databaseConnections,
  databaseLocks,
  databaseSameForAll,
  cacheLogin,
  serviceRunning,
  serviceContainer,
  grafanaHealth,
  grafanaEffectiveSettings,
  grafanaLogin,
  grafanaDataSources,
  grafanaPlugins,
  grafanaLog,
  meshPorts,
  meshMembers,
  meshMessages,
  balancerStatus,
  ghaUnfinished,
  ghaDrainExpired,
  ghaDrainKept,
]
