import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {CopyRows} from '../../../src/lib/backup/copy-rows.ts'
import {InsertRows} from '../../../src/lib/backup/insert-rows.ts'

interface Counter {
  write(chunk: Buffer): void
  counts(): ReadonlyMap<string, number>
}

/** Fed in pieces of a size: a stream cuts where it likes. */
function counted<T extends Counter>(counter: T, text: string, size = 1000): T {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) counter.write(bytes.subarray(start, start + size))
  return counter
}

/** As COPY writes a value: no raw line break, tab or backslash. */
const copyValue = fc
  .string()
  .map(text => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r'))
const insertValue = fc
  .string()
  .map(text => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`)
const size = fc.integer({min: 1, max: 50})

describe('rows of a PostgreSQL dump', () => {
  test('are counted for any values, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(copyValue), size, (values, cut) => {
        const rows = values.map(value => `1\t${value}\n`).join('')
        const text = `SET x;\nCOPY public."da ""sh" (id, data) FROM stdin;\n${rows}\\.\n\nCOPY public.none  FROM stdin;\n\\.\n`
        expect(Object.fromEntries(counted(new CopyRows(), text, cut).counts())).toEqual({
          'public.da "sh': values.length,
          'public.none': 0,
        })
      }),
    )
  })

  test('are none where a value looks like the end or the beginning of a table', () => {
    const text = 'COPY public.a (x) FROM stdin;\nCOPY public.b (x) FROM stdin;\n\\\\.\n\\N\n\\.\n'
    expect(Object.fromEntries(counted(new CopyRows(), text, 7).counts())).toEqual({'public.a': 3})
  })
})

describe('rows of a MySQL dump', () => {
  test('are counted for any values, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(insertValue, {minLength: 1}), size, (values, cut) => {
        const tuples = values.map(value => `(1,${value},NULL,0x00)`).join(',\n')
        const text = `CREATE TABLE \`d\`\`x\` (\n  \`id\` int\n);\nINSERT INTO \`d\`\`x\` VALUES\n${tuples};\nCREATE TABLE \`none\` (\n);\n-- Dump completed on x\n`
        const rows = counted(new InsertRows(), text, cut)
        expect(Object.fromEntries(rows.counts())).toEqual({'d`x': values.length, none: 0})
        expect(rows.complete()).toBe(true)
      }),
    )
  })

  test('are of a table with generated columns too, and of several statements', () => {
    const text = "INSERT INTO `a` (`x`, `VALUES`) VALUES (1,2),(3,4);\nINSERT INTO `a` VALUES (5,'it''s');\n"
    const rows = counted(new InsertRows(), text, 3)
    expect(Object.fromEntries(rows.counts())).toEqual({a: 3})
    expect(rows.complete()).toBe(false)
  })
})
