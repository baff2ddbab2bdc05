import type {PluginOffer} from '../grafana/plugin-builds.ts'

/** What rendering needs of this machine's files, already read. */
export interface RenderMaterial {
  /** Text of the certificates that the cluster's database names. */
  readonly database: {readonly ca?: string; readonly clientCertificate?: string; readonly clientKey?: string}
  /** The provisioning tree; paths are relative to it. */
  readonly provisioning: readonly {readonly path: string; readonly content: string}[]
  /** The archives of the plugins that gha.yaml names; absent where it names none. */
  readonly plugins?: readonly PluginOffer[]
}
