import {setVersion} from '../../config/set-version.ts'
import type {Ports} from '../../ports/ports.ts'
import type {ChangeRequest} from './change-request.ts'

/** gha.yaml is the only wish: its version follows the confirmed plan, and goes back when everything else does. */
export async function writeVersion(
  {cluster, writesVersion}: ChangeRequest,
  {files}: Ports,
): Promise<() => Promise<void>> {
  const before = writesVersion ? await files.read(cluster.file) : undefined
  if (!before) return async () => undefined
  const text = new TextDecoder().decode(before)
  const mode = (await files.mode(cluster.file)) ?? 0o600
  await files.write(cluster.file, setVersion(text, cluster.grafana.version), mode)
  return () => files.write(cluster.file, text, mode)
}
