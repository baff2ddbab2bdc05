import type {Destination, Host} from './host.ts'

/** A GET; gha changes nothing through Grafana. */
export interface HttpRequest {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly deadlineSeconds?: number
}

export interface HttpResponse {
  readonly status: number
  readonly body: string
  readonly milliseconds: number
}

/** HTTP to a Grafana, over a stream dialled from a host. */
export interface Http {
  /** `tls.ca` is PEM text. @throws DialError or Error when no whole answer came. */
  request(from: Host, at: HttpOrigin, request: HttpRequest): Promise<HttpResponse>
}

export interface HttpOrigin {
  readonly destination: Destination
  /** The `Host:` header. */
  readonly hostHeader: string
  readonly tls?: {readonly serverName: string; readonly ca?: string}
}
