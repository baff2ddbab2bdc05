import type {DatabaseServer} from '../model/backup.ts'

/** What a client tool says of itself with `--version`. */
export interface ToolVersion {
  readonly product: DatabaseServer['product']
  readonly version: string
}

/** Undefined where the words are none that a known tool says. */
export function readToolVersion(text: string): ToolVersion | undefined {
  const [, postgres] = /\(PostgreSQL\) (\d+(?:\.\d+)*)/.exec(text) ?? []
  if (postgres) return {product: 'PostgreSQL', version: postgres}
  const [, version] = /(?:Distrib|from|Ver) (\d+\.\d+\.\d+)/.exec(text) ?? []
  if (!version) return undefined
  return {product: /mariadb/i.test(text) ? 'MariaDB' : 'MySQL', version}
}

/** Why this tool must not copy this server, as half a sentence; undefined where it may. */
export function whyNot(tool: ToolVersion, server: DatabaseServer): string | undefined {
  if (tool.product !== server.product)
    return `it is ${tool.product}'s, and what it writes is not meant for ${server.product}`
  if (major(tool.version) < major(server.version))
    return `it is version ${tool.version}, older than the server (${server.version.split(' ')[0]})`
  return undefined
}

export function major(version: string): number {
  return Number.parseInt(version, 10)
}
