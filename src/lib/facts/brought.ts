import type {Node} from '../model/node.ts'
import {quote} from '../model/script.ts'

/**
 * Shell text that defines `brought`: it prints the manifests of what gha has put on the node, of its release and of those
 * whose swap was cut. The next swap removes what it lacks of them. `found` was there before gha.
 */
export function askBrought({paths}: Node): string {
  return `
state=${quote(paths.state)}
brought() {
  for id in $(cat "$state/release" 2>/dev/null) $(cat "$state/swapping" 2>/dev/null); do
    [ "$id" = found ] || cat "$state/releases/$id/manifest" 2>/dev/null
  done
}`
}
