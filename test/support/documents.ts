import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'

export const ROOT = path.join(import.meta.dirname, '..', '..')

export function readDocument(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8')
}

/** Every Markdown file of the project. */
export function documents(): readonly string[] {
  const here = ['*.md', 'docs/**/*.md', 'test/**/*.md', 'src/**/*.md', 'templates/**/*.md', 'scripts/**/*.md']
  return globSync(here, {cwd: ROOT}).map(file => file.replaceAll('\\', '/'))
}

/** The rows of every table in the file, head and rule left out: their cells without code marks. */
export function tableRows(file: string): readonly (readonly string[])[] {
  const lines = readDocument(file).split('\n')
  return lines
    .filter((line, place) => line.startsWith('|') && !isRule(line) && !isRule(lines[place + 1] ?? ''))
    .map(line => cellsOf(line).map(cell => cell.replaceAll('`', '')))
}

/** A row as a table writes it, so that a failing test can say what to write. */
export function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim().replaceAll('\\|', '|'))
}

function isRule(line: string): boolean {
  return /^\|[\s:|-]+\|$/.test(line)
}
