/** Every file of Grafana's own that a page names, as absolute URLs, each once. */
export function pageAssets(html: string, page: URL): URL[] {
  const base = /<base\s[^>]*href="([^"]*)"/i.exec(html)?.[1]
  const root = new URL(base ?? '', page)
  const named = [...html.matchAll(/<(?:script|link|img)\s[^>]*?(?:src|href)="([^"]+)"/gi)].map(found => found[1] ?? '')
  const urls = named.map(name => new URL(name, root)).filter(url => url.origin === page.origin)
  return [...new Map(urls.filter(url => url.pathname.includes('/public/')).map(url => [url.href, url])).values()]
}
