import * as z from 'zod'
import {isMap} from '../at.ts'
import type {Path} from '../problem.ts'
import {clusterSchema} from './cluster.ts'

/** The keys that gha.yaml knows at a path; the value decides between the shapes of a union. */
export function keysAt(path: Path, root: unknown): readonly string[] {
  let schema: unknown = clusterSchema
  let value = root
  for (const key of path) {
    schema = inside(chosen(schema, value), key)
    value = isMap(value) || Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined
  }
  const shape = chosen(schema, value)
  return shape instanceof z.ZodObject ? Object.keys(shape.shape) : []
}

function inside(schema: unknown, key: Path[number]): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[key]
  if (schema instanceof z.ZodArray) return schema.element
  if (schema instanceof z.ZodRecord) return schema.valueType
  return undefined
}

function chosen(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional) return chosen(schema.unwrap(), value)
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema
  const word = isMap(value) ? value[schema.def.discriminator] : undefined
  return schema.options.find(option => wordOf(option, schema.def.discriminator) === word)
}

function wordOf(option: unknown, discriminator: string): unknown {
  const field = option instanceof z.ZodObject ? option.shape[discriminator] : undefined
  return field instanceof z.ZodLiteral ? field.value : undefined
}
