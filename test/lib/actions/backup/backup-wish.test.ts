import {describe, expect, test} from 'vitest'
import {wishBackup} from '../../../../src/lib/actions/backup/backup-wish.ts'
import {aCluster} from '../../../support/a-cluster.ts'

describe('the way to copy the database', () => {
  test('is that of gha.yaml without a word on the command line', () => {
    const cluster = aCluster()
    expect(wishBackup(cluster, {})).toBe(cluster)
  })

  test.each([
    ['./snap prod', ['./snap', 'prod']],
    [`  "/opt/my tools/snap"  --name 'a "b" $c' x"y z"w  `, ['/opt/my tools/snap', '--name', 'a "b" $c', 'xy zw']],
    [`snap ''`, ['snap', '']],
  ])('is a command of words and quotes: %s', (command, words) => {
    expect(wishBackup(aCluster(), {command}).backup).toEqual({method: 'command', words})
  })

  test.each(['snap "prod', "snap 'a", '   '])('is no command with an open quote or without a word: %s', command => {
    expect(() => wishBackup(aCluster(), {command})).toThrow(/is no command/)
  })

  test('is none in the operator’s own word', () => {
    expect(wishBackup(aCluster(), {skip: true}).backup).toEqual({method: 'skip'})
  })
})
