// Sources as the bundle takes them: each rewrite gets the text and the file's name, and keeps the lines where they are.
import {readFile} from 'node:fs/promises'

export function rewritten(...rewrites) {
  return {
    name: 'rewritten',
    setup({onLoad}) {
      onLoad({filter: /\.[cm]?[jt]s$/}, async ({path: file}) => {
        const text = await readFile(file, 'utf8')
        const contents = rewrites.reduce((before, rewrite) => rewrite(before, file), text)
        return contents === text ? undefined : {contents, loader: file.endsWith('ts') ? 'ts' : 'js'}
      })
    },
  }
}
