/**
 * Shell text that writes the script's input to a file, and fails unless all of it arrived: a connection that is cut ends
 * it early, and the script runs on. `file` is a word of the shell.
 */
export function takeInput(input: Uint8Array, file: string): string {
  return `{ cat >${file} && [ "$(wc -c <${file})" -eq ${input.length} ]; }`
}
