/** `20261121T095204Z-3f9a`: sorted by time. */
export function backupId(now: number, random: string): string {
  return `${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${random}`
}
