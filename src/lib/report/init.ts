/** What `gha init` did, as far as words need it. */
export interface InitSummary {
  readonly result: 'written' | 'shown' | 'declined'
  readonly directory: string
  readonly files: readonly string[]
  readonly made: readonly string[]
  readonly databasePasswordMissing: boolean
}

/** Talk for stderr: where things lie, and what to do next. */
export function initText({result, directory, files, made, databasePasswordMissing}: InitSummary): string {
  if (result === 'declined') return 'Nothing was written.'
  const lines = [
    `${result === 'shown' ? 'Would write' : 'Wrote'} to ${directory}: ${files.join(', ')}`,
    ...(made.length > 0 && result === 'written'
      ? [
          `The only copy of ${listed(made)} lies in ${directory}/secrets, which git ignores: keep it safe, nothing can make it again.`,
        ]
      : []),
    ...(databasePasswordMissing
      ? ["Put the database user's password into secrets/database_password (chmod 600): it was not given."]
      : []),
    ...(result === 'written' ? ['Next: `gha check` looks at every node, then `gha apply` brings them up.'] : []),
  ]
  return lines.join('\n')
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
