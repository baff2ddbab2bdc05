import {existsSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {documents, ROOT, readDocument} from '../support/documents.ts'

interface Link {
  readonly file: string
  readonly target: string
}

const links = documents().flatMap(linksIn)

test('every relative link leads to a file of the project', () => {
  const dead = links.filter(({file, target}) => !existsSync(pathOf(file, target)))
  expect(dead).toEqual([])
  expect(links.length).toBeGreaterThan(20)
})

test('every link to a heading finds it', () => {
  const dead = links.filter(({file, target}) => {
    const [, anchor] = target.split('#')
    const page = target.startsWith('#') ? file : path.relative(ROOT, pathOf(file, target))
    return anchor !== undefined && !headingsOf(page).includes(anchor)
  })
  expect(dead).toEqual([])
})

test('every page below docs is reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const {target} of links.filter(({file}) => file === page)) {
      const next = path.relative(ROOT, pathOf(page, target))
      if (next.endsWith('.md')) reached.add(next)
    }
  }
  expect(documents().filter(file => file.startsWith('docs/') && !reached.has(file))).toEqual([])
})

function linksIn(file: string): readonly Link[] {
  const text = readDocument(file).replaceAll(/```[\s\S]*?```/g, '')
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|<(?:img|source)[^>]*\s(?:src|srcset)="([^"]+)"/g)]
  return targets.flatMap(([, linked, shown]) => {
    const target = linked ?? shown ?? ''
    return /^[a-z]+:/.test(target) ? [] : [{file, target}]
  })
}

function pathOf(file: string, target: string): string {
  const [page = ''] = target.split('#')
  return page === '' ? path.join(ROOT, file) : path.join(ROOT, path.dirname(file), page)
}

/** As GitHub names them. */
function headingsOf(page: string): readonly string[] {
  return [...readDocument(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}
