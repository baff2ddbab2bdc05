import {chainsOf} from './moments.ts'
import {STRIKES} from './strikes.ts'
import {killSuite, SEED} from './suite.ts'

killSuite(STRIKES.packets, chainsOf(SEED, 'packets'))
