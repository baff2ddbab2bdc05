import type {LabCluster} from '../support/cluster.ts'

/**
 * All that a finished rollout leaves on nodes and balancer, as text: package, files with rights and content, units, what
 * is out, locked or armed. The version and the marker of the wish are spelled alike, so that two rollouts can be compared;
 * those of an earlier wish are not.
 */
export async function endState(cluster: LabCluster): Promise<Readonly<Record<string, string>>> {
  const {nodes} = cluster.lab.state()
  const {version, marker} = cluster.wish
  if (!version || !marker) throw new Error('rollouts are compared by the version and the marker that they wish')
  const alike = (text: string) => text.replaceAll(version, 'VERSION').replaceAll(marker, 'MARKER')
  const looks = nodes.map(async ({name}) => [name, alike(await cluster.on(name, NODE))] as const)
  const states = await Promise.all(looks)
  return {
    ...Object.fromEntries(states),
    haproxy: await cluster.on('haproxy', BALANCER),
    balancer: JSON.stringify(await cluster.balancerStates()),
    answers: alike(JSON.stringify(await cluster.versions())),
    leftovers: (await cluster.leftovers()).join(', '),
  }
}

const NODE = `dpkg-query -W -f '\${db:Status-Abbrev} \${Version}\\n' grafana; apt-mark showhold; dpkg --verify grafana; dpkg --audit
systemctl show -p LoadState,ActiveState,UnitFileState grafana-server
ls /run/systemd/system /etc/systemd/system /etc/systemd/system/multi-user.target.wants | grep -i -e grafana -e gha
find /etc/grafana /etc/default/grafana-server -exec stat -c '%n %U:%G %a' {} + | sort
cat /etc/grafana/grafana.ini
cd /var/lib/gha/lab/* || exit
ls -d lock request out drained armed armed.pid begun reverted revert.sh swapping migrating restart-policy ./*.new ./*/*.part 2>/dev/null
true`
const BALANCER = `sha256sum </etc/haproxy/haproxy.cfg; systemctl is-active haproxy
cd /var/lib/gha/lab/* || exit
ls -d /etc/haproxy/.gha-new balancer-file ./*.new 2>/dev/null
true`
