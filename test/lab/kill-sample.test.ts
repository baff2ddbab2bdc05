import {type Chain, chainsOf} from './kill/moments.ts'
import {killSuite, SEED} from './kill/suite.ts'

/** One rollout of the sweep, each node struck in another way; `npm run test:kill` has all of them. */
const [chain = []] = chainsOf(SEED, 'gha')
const [first, second, third] = chain
const sample: Chain =
  first && second && third
    ? [first, {...second, how: 'node', moment: 'package manager at work', delayMs: 0}, {...third, how: 'ssh'}]
    : []

killSuite('a killed gha, a power cut and a killed ssh', [sample])
