const MASK = '*********'
const SECRET =
  /PASSWORD|SECRET|PROVIDER_CONFIG|PRIVATE_KEY|CERTIFICATE|ACCOUNT_KEY|ENCRYPTION_KEY|VAULT_TOKEN|ENTERPRISE_LICENSE|^GF_(.*)_CONNECTION_STRING$/

/**
 * A setting as it is shown: masked when the name of its variable speaks of a secret; otherwise its items put together anew, the
 * passwords in their addresses hidden.
 */
export function redacted(variable: string, value: string): string {
  if (value === '') return ''
  if (SECRET.test(variable)) return MASK
  return itemsOf(value)
    .map(item => (item.includes('://') ? withoutPassword(item) : item))
    .join(value.includes(',') ? ',' : ' ')
}

/** What begins with a bracket is a list of JSON, or nothing. */
function itemsOf(value: string): readonly string[] {
  if (!value.trim().startsWith('[')) return value.split(/[\s,]+/).filter(item => item !== '')
  try {
    return JSON.parse(value) as string[]
  } catch {
    return []
  }
}

function withoutPassword(value: string): string {
  if (!URL.canParse(value)) return value
  const url = new URL(value)
  if (url.password === '') return value
  url.password = 'xxxxx'
  return url.toString()
}
