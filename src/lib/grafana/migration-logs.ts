/** Where Grafana's own migrator writes down what it has done. */
export const MAIN_LOG = 'migration_log'

/** That one, and those of the migrators of newer versions; each table comes with the first version that has the migrator. */
export const MIGRATION_LOGS = [
  MAIN_LOG,
  'resource_migration_log',
  'secret_migration_log',
  'unifiedstorage_migration_log',
] as const
