/**
 * Part of a regular expression without groups: names that sound like a secret, in an ini, in YAML, in JSON. For files that gha shows and does
 * not know: it rather hides too much.
 */
export const SOUNDS_SECRET =
  'passw(?:or)?d|passphrase|secret|token|private|connstr|connection_?string|dsn|credential|cert_pass|(?:api|access|client|_)_?key'
