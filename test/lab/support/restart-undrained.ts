import type {LabCluster} from './cluster.ts'

/** A restart hits a request now and then: rounds until it does. */
const LIMIT_MS = 150_000
/** Until it answers again, so that never more than one is away. */
const RESTART = `systemctl reset-failed grafana-server; systemctl restart grafana-server
for i in $(seq 300); do curl -sf -m 2 -o /dev/null localhost:3000/api/health && exit 0; sleep 0.1; done; exit 1`

/** Restarts one node after the other, as a plain loop would, until that is noticed. */
export async function restartUndrained(cluster: LabCluster, isNoticed: () => boolean): Promise<void> {
  const until = Date.now() + LIMIT_MS
  while (!isNoticed() && Date.now() < until) {
    for (const {name} of cluster.lab.state().nodes) await cluster.on(name, RESTART)
  }
}
