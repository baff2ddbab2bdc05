import type {Destination, Dialler} from './host.ts'

/** A GET unless said otherwise; gha changes nothing through Grafana but its own session. */
export interface HttpRequest {
  readonly method?: 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly deadlineSeconds?: number
}

export interface HttpResponse {
  readonly status: number
  readonly body: string
  /** As they came, names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly milliseconds: number
}

/** HTTP to a Grafana, over a stream dialled from a host. */
export interface Http {
  /** `tls.ca` is PEM text. @throws DialError or Error when no whole answer came. */
  request(from: Dialler, at: HttpOrigin, request: HttpRequest): Promise<HttpResponse>
}

export interface HttpOrigin {
  readonly destination: Destination
  /** The `Host:` header. */
  readonly hostHeader: string
  readonly tls?: {readonly serverName: string; readonly ca?: string}
}
