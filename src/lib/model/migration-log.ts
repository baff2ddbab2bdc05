/** What one migrator wrote down of its work. */
export interface MigrationLog {
  readonly table: string
  readonly count: number
  /** `migration_id` of its newest row. */
  readonly newest?: string
}

export function rowsIn(logs: readonly MigrationLog[]): number {
  return logs.reduce((sum, {count}) => sum + count, 0)
}
