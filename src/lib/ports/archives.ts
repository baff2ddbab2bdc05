/** Folders of this machine that keep backups. Paths are absolute. */
export interface Archives {
  /** Of the file system that holds the folder, or would. */
  freeBytes(directory: string): Promise<number>
  /**
   * A new folder 0700 for one backup; it vanishes with the process unless it is kept.
   * @throws GhaError `BACKUP_FOLDER` | `BACKUP_SPACE`
   */
  begin(directory: string, id: string): Promise<ArchiveDraft>
}

export interface ArchiveDraft {
  /** Where to write; another place once it is kept. */
  readonly path: string
  /** A file 0600 in it. @throws GhaError `BACKUP_SPACE` | `BACKUP_FOLDER` */
  write(name: string, text: string): Promise<void>
  /** On disk under its own name; the path it has then. @throws GhaError as `write` */
  keep(): Promise<string>
  discard(): Promise<void>
}
