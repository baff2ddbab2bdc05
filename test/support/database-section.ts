import type {PostgresServer} from './postgres.ts'

/** The part of grafana.ini that leads to one database of that server. */
export function databaseSection({host, port, user, password}: PostgresServer, name: string): string {
  return `[database]
type = postgres
host = ${host}:${port}
name = ${name}
user = ${user}
password = ${password}
`
}
