import type {RenderMaterial} from '../../src/lib/render/render-material.ts'

export const NO_MATERIAL: RenderMaterial = {database: {}, provisioning: []}
