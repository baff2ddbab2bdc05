import {mkdirSync, rmdirSync} from 'node:fs'
import path from 'node:path'
import {dataFolder} from '../layout.ts'
import {must} from '../run.ts'
import type {LabCluster} from './cluster.ts'
import type {FaultLab} from './fault-lab.ts'
import {asSuperuser} from './superuser.ts'

const TABLE = 'user_auth_token'
const MOUNT_KILOBYTES = 1024

/** The table of sessions on a small disk of its own that takes no row more. */
export async function fillSessions(cluster: LabCluster, undoLater: FaultLab['undoLater']): Promise<void> {
  const folder = path.join(dataFolder(cluster.lab.name), 'tablespace')
  undoLater(() => emptied(cluster, folder))
  mkdirSync(folder)
  await must(['mount', '-t', 'tmpfs', '-o', `size=${MOUNT_KILOBYTES}k,mode=700`, 'tmpfs', folder])
  await must(['chown', 'postgres', folder])
  await asSuperuser(cluster, `VACUUM FULL ${TABLE}`)
  // It would find room in rows that are gone.
  await asSuperuser(cluster, `ALTER TABLE ${TABLE} SET (autovacuum_enabled = off)`)
  await asSuperuser(cluster, `CREATE TABLESPACE small LOCATION '${folder}'`)
  await asSuperuser(cluster, `ALTER TABLE ${TABLE} SET TABLESPACE small`)
  await asSuperuser(cluster, FILL)
}

async function emptied(cluster: LabCluster, folder: string): Promise<void> {
  await asSuperuser(cluster, `DELETE FROM ${TABLE} WHERE user_id = 0`)
  await asSuperuser(cluster, `ALTER TABLE ${TABLE} SET TABLESPACE pg_default`)
  await asSuperuser(cluster, `ALTER TABLE ${TABLE} RESET (autovacuum_enabled)`)
  await asSuperuser(cluster, 'DROP TABLESPACE small')
  await must(['umount', folder])
  rmdirSync(folder)
}

/** Rows of nobody, one by one, until there is no room for the smallest. */
const FILL = `DO $$
BEGIN
  LOOP
    BEGIN
      INSERT INTO ${TABLE} (user_id, auth_token, prev_auth_token, user_agent, client_ip, auth_token_seen, rotated_at, created_at, updated_at)
        VALUES (0, gen_random_uuid(), gen_random_uuid(), '', '', true, 0, 0, 0);
    EXCEPTION WHEN disk_full THEN
      EXIT;
    END;
  END LOOP;
END $$`
