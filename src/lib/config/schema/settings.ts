import * as z from 'zod'
import {matching} from './text.ts'

const value = z
  .union([z.string(), z.number(), z.boolean(), z.strictObject({raw: z.string()})], {
    error: "must be text, a number, true, false, or { raw: … } for Grafana's own expansion",
  })
  .describe('Plain text is literal; { raw: … } lets Grafana expand it')

const sectionName = matching(
  /^[^[\]\0\r\n]+$/,
  'must be the name of a section of grafana.ini, without brackets; DEFAULT is what stands before the first',
)
const keyName = matching(/^[^\s=:#;[\]`"][^=:\0\r\n]*$/, 'must be the name of a key of grafana.ini')

export const settings = z.record(sectionName, z.record(keyName, value)).describe('Any section and key of grafana.ini')
