import {describe, expect, it} from 'vitest'
import {faultLab} from '../support/fault-lab.ts'
import {standing, wholeOn} from '../support/standing.ts'

const INI = '/etc/grafana/grafana.ini'
const MARK = '# somebody was here'

describe('a file that somebody edits', () => {
  const lab = faultLab()
  const edit = (node: string) => lab.cluster.on(node, `echo '${MARK}' >>${INI}`)
  const read = (node: string) => lab.cluster.on(node, `cat ${INI}`)

  it('after the plan was saved: refused before anything is touched, exit 8, and the file stays', async () => {
    const saved = await lab.cluster.gha(['plan', '--out', `${lab.cluster.folder}/plan.json`])
    expect(saved.exitCode, saved.stderr).toBe(0)
    await edit('gf2')
    const before = await lab.cluster.fingerprint({generations: false})
    const {exitCode, stderr} = await lab.cluster.gha(['rollout', '--yes', '--plan', `${lab.cluster.folder}/plan.json`])
    expect(exitCode, stderr).toBe(8)
    expect(stderr).toContain(`gf2: ${INI} was changed since`)
    expect(await lab.cluster.fingerprint({generations: false})).toEqual(before)
    expect(await read('gf2')).toContain(MARK)
  })

  it('between drain and swap: the node serves on as before, the file stays, exit 9, nobody notices', async () => {
    await lab.startLoad()
    const process = await lab.cluster.on('gf1', 'systemctl show -p MainPID --value grafana-server')
    const running = lab.start()
    await running.reaches('gf1', 'drain', 'step-started')
    await edit('gf1')
    const {exitCode, stderr} = await running.ended
    expect(exitCode, stderr).toBe(9)
    expect(stderr).toContain(`${INI} was changed since the plan was made`)
    expect(await read('gf1')).toContain(MARK)
    expect(await lab.cluster.on('gf1', 'systemctl show -p MainPID --value grafana-server')).toBe(process)
    expect(await standing(lab.cluster)).toEqual(wholeOn(lab.from))
    await lab.unnoticed()
  })
})
