import {versionOf} from '../../src/lib/model/version.ts'
import type {Situation} from '../../src/lib/plan/situation.ts'
import {aNode} from './a-cluster.ts'

/** A node that serves 12.1.0 and is as wished; a test names only what is special. */
export function aSituation(name: string, wish: Partial<Situation> = {}): Situation {
  const {server = 'in'} = wish
  return {
    node: aNode({name}),
    wish: {release: {id: '12.1.0-0123456789ab', version: versionOf('12.1.0'), files: []}, files: []},
    server,
    fed: server === 'in' || server === 'drain',
    running: true,
    version: versionOf('12.1.0'),
    heldOut: false,
    drained: false,
    changes: [],
    reasons: [],
    seen: new Map(),
    ...wish,
  }
}
