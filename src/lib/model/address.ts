/** True for IPv4 and IPv6 addresses, without brackets, port or zone. */
export function isIpAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text)
}

export function isIpv6(text: string): boolean {
  return text.includes(':') && /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`)
}

/** An IPv6 address as certificates and sockets have it, without the brackets of a URL; any other host as it is. */
export function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

/** True for addresses that only the machine itself reaches. */
export function isLoopback(text: string): boolean {
  return text === 'localhost' || text === '::1' || (isIpv4(text) && text.startsWith('127.'))
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}
