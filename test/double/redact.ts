const MASK = '*********'
const SECRET =
  /PASSWORD|SECRET|PROVIDER_CONFIG|PRIVATE_KEY|CERTIFICATE|ACCOUNT_KEY|ENCRYPTION_KEY|VAULT_TOKEN|^GF_(.*)_CONNECTION_STRING$/

/** A setting as it is shown: masked when the name of its variable speaks of a secret, passwords in addresses hidden. */
export function redacted(variable: string, value: string): string {
  if (value === '') return ''
  if (SECRET.test(variable)) return MASK
  return value.includes('://') ? withoutPassword(value) : value
}

function withoutPassword(value: string): string {
  if (!URL.canParse(value)) return value
  const url = new URL(value)
  if (url.password === '') return value
  url.password = 'xxxxx'
  return url.toString()
}
