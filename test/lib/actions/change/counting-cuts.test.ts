import {expect, it} from 'vitest'
import type {ChangeRequest} from '../../../../src/lib/actions/change/change-request.ts'
import {countingCuts} from '../../../../src/lib/actions/change/counting-cuts.ts'
import type {ProgressEvent} from '../../../../src/lib/rollout/run.ts'

it('what is cut is added up for each node, and all of the progress goes on to whoever listened', () => {
  const heard: ProgressEvent[] = []
  const asked = {verb: 'rollout', progress: event => void heard.push(event)} as Partial<ChangeRequest> as ChangeRequest
  const {request, cut} = countingCuts(asked)
  expect(request).toEqual({...asked, progress: expect.any(Function)})
  const events: readonly ProgressEvent[] = [
    {type: 'connections-cut', node: 'gf1', count: 2},
    {type: 'note', node: 'gf3', text: 'out of the balancer again'},
    {type: 'connections-cut', node: 'gf2', count: 5},
    {type: 'connections-cut', node: 'gf1', count: 1},
  ]
  for (const event of events) request.progress(event)
  expect([...cut]).toEqual([
    ['gf1', 3],
    ['gf2', 5],
  ])
  expect(heard).toEqual(events)
})
