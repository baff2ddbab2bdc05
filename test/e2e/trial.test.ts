import {describe, expect, it} from 'vitest'
import {OLD, trialCluster} from '../support/trial-cluster.ts'

describe('a rollout on trial', () => {
  const {gha, onTrial, versions, report} = trialCluster()

  it('goes back when nobody confirms it in time, and writes a page about both ways', async () => {
    const {ended} = await onTrial('gf1', '3s')
    const {code, stderr} = await ended
    expect(code, stderr).toBe(9)
    expect(stderr).toContain('It was on trial and is undone: nobody confirmed it in time.')
    expect(await versions()).toEqual([OLD, OLD, OLD])
    const {runs} = JSON.parse((await gha('rollout', 'history', '-o', 'json')).stdout)
    expect(runs.slice(0, 2)).toMatchObject([
      {result: 'done', verb: 'undo'},
      {result: 'unconfirmed', verb: 'rollout'},
    ])
    const page = report()
    expect(verdicts(page)).toEqual(['done, on trial, and undone', 'done'])
    const [back, there] = runs
    expect(page.indexOf(there.run)).toBeLessThan(page.indexOf('The way back: Grafana 12.1.1 → 12.1.0'))
    expect(page.lastIndexOf(back.run)).toBeGreaterThan(page.indexOf('The way back: Grafana 12.1.1 → 12.1.0'))
    for (const step of ['drain', 'activate', 'gate', 'undrain'])
      expect(page.split(`class="bar ${step} done"`), step).toHaveLength(3)
    expect(page).toContain('<td>before</td>')
  })

  it('whose lock is broken while it waits exits 4, as its node is changed, and writes a page that names the error', async () => {
    const {ended} = await onTrial('gf1')
    const {runs} = JSON.parse((await gha('rollout', 'history', '-o', 'json')).stdout)
    expect(await gha('lock', 'break', runs[0].run, '--yes')).toMatchObject({code: 0})
    const {code, stderr} = await ended
    expect(code, stderr).toBe(4)
    const page = report()
    expect(verdicts(page)).toEqual(['ended with an error (LOCK_LOST)'])
    expect(page).toContain(runs[0].run)
    expect(page).toContain('<td>gf1</td><td class="word">done</td>')
  })
})

const verdicts = (page: string) =>
  [...page.matchAll(/<span class="verdict \S+">(.*?)<\/span>/g)].map(([, words]) => words)
