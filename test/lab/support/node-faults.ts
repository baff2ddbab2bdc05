import type {FaultName} from '../../double/faults.ts'
import type {LabCluster} from './cluster.ts'

/** Makes one version of the double fail on a node, or `any`; every other version works there as ever. */
export async function plantFault(
  cluster: LabCluster,
  node: string,
  {fault, version}: {readonly fault: FaultName | `${FaultName}=${number}`; readonly version: string},
): Promise<void> {
  await plantAtStart(cluster, node, {
    version,
    does: `echo ${fault} >${FAULT}; chmod 644 ${FAULT}`,
    else: `rm -f ${FAULT}`,
  })
}

interface Plant {
  readonly version: string
  /** In shell, as root, before that version starts. */
  readonly does: string
  /** Before any other version starts. */
  readonly else: string
}

/** What befalls a node only while one version runs there, and is undone for every other. */
export async function plantAtStart(cluster: LabCluster, node: string, plant: Plant): Promise<void> {
  await cluster.on(
    node,
    `mkdir -p ${FOLDER}
cat >${FOLDER}/plant <<'PLANT'
#!/bin/sh
case ${plant.version} in any | "$(cat /usr/share/grafana/VERSION)") ${plant.does} ;; *) ${plant.else} ;; esac
PLANT
chmod +x ${FOLDER}/plant
printf '[Service]\\nExecStartPre=+${FOLDER}/plant\\n' >${FOLDER}/fault.conf
systemctl daemon-reload`,
  )
}

export async function removeFault(cluster: LabCluster, node: string): Promise<void> {
  await cluster.on(node, `rm -rf ${FOLDER} ${FAULT}; systemctl daemon-reload`)
}

const FOLDER = '/etc/systemd/system/grafana-server.service.d'
const FAULT = '/usr/share/grafana/conf/fault'
