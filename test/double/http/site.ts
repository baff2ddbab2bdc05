import type {Settings} from '../settings.ts'

/** Where users find the site, from root_url and domain. */
export interface Site {
  readonly rootUrl: URL
  /** `/grafana`, or empty. */
  readonly subPath: string
  readonly isServedFromSubPath: boolean
}

export function siteOf(settings: Settings): Site {
  const text = settings.or('server', 'root_url', 'http://localhost:3000/')
  const rootUrl = new URL(text.endsWith('/') ? text : `${text}/`)
  return {
    rootUrl,
    subPath: rootUrl.pathname.replace(/\/$/, ''),
    isServedFromSubPath: settings.on('server', 'serve_from_sub_path'),
  }
}
