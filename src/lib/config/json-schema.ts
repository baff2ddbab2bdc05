import * as z from 'zod'
import {clusterSchema} from './schema/cluster.ts'

/** gha.yaml as JSON Schema, for editors and validators. */
export function clusterJsonSchema(): Readonly<Record<string, unknown>> {
  const {$schema, ...schema} = z.toJSONSchema(clusterSchema, {io: 'input', target: 'draft-7'})
  return {$schema, title: 'gha.yaml', description: 'A Grafana cluster as gha sees it', ...schema}
}
