import type {LabCluster} from './cluster.ts'
import type {FaultLab} from './fault-lab.ts'

type UndoLater = FaultLab['undoLater']

/** The same files on gf1, on a small disk of their own without a byte left. */
export async function fill(cluster: LabCluster, folder: string, undoLater: UndoLater): Promise<void> {
  undoLater(() => cluster.on('gf1', `umount -l ${folder}`))
  await cluster.on(
    'gf1',
    `mkdir -p /run/copy && cp -a ${folder}/. /run/copy/ && size=$(du -sk /run/copy | cut -f 1)
mount -t tmpfs -o mode=755,size=$((size + 64))k tmpfs ${folder} && cp -a /run/copy/. ${folder}/ && rm -r /run/copy
chown --reference=/etc/grafana ${folder} 2>/dev/null; dd if=/dev/zero of=${folder}/filler bs=1k 2>/dev/null; true`,
  )
}

export async function readOnly(cluster: LabCluster, folder: string, undoLater: UndoLater): Promise<void> {
  undoLater(() => cluster.on('gf1', `umount -l ${folder}`))
  await cluster.on('gf1', `mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder}`)
}
