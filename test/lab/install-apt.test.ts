import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {activateRelease} from '../../src/lib/host/activate.ts'
import {REMOVE_APT_REPOSITORY, setUpAptRepository} from '../../src/lib/host/install/apt-repository.ts'
import type {RepositoryKey} from '../../src/lib/host/install/repository-files.ts'
import {lookForPackages} from '../../src/lib/host/look-for-packages.ts'
import {type PushedArchive, stageRelease} from '../../src/lib/host/stage.ts'
import type {PackageSource} from '../../src/lib/model/cluster.ts'
import {BaseRoot} from './support/base-root.ts'
import {activationBy, releaseOf, swapTo} from './support/installing.ts'
import {Signer, signedRepository, tinyDeb} from './support/signed-repository.ts'

const SOURCES = '/etc/apt/sources.list.d/gha-grafana.sources'

/** Debian's own apt and dpkg on a node that knows no other source of packages. */
describe('apt', () => {
  let root: BaseRoot
  beforeEach(async () => {
    root = await BaseRoot.make()
    return () => root.remove()
  })

  const activationFor = (source: PackageSource) => activationBy({method: 'apt', source})
  const installed = () => root.sh("dpkg-query -W -f='${Package} ${Version}' grafana && cat /usr/share/grafana/VERSION")

  describe('with packages that were pushed', () => {
    const activation = activationFor({type: 'push', directory: '/nowhere'})
    const stage = (version: string, archives: readonly PushedArchive[] = []) =>
      root.run(stageRelease({...activation, release: releaseOf(version), contents: [], archives, setUp: ''}))
    const activate = (version: string) => root.run(activateRelease(activation, swapTo(version)))
    const pushed = (version: string, name = 'grafana', architecture = 'all'): PushedArchive => ({
      version,
      bytes: tinyDeb(name, version, architecture),
    })
    const there = (version: string) => root.run(lookForPackages(activation.state, activation.install, version))

    it('installs anew what a power cut left half unpacked, though it has its version already', async () => {
      root.write('tmp/old.deb', tinyDeb('grafana', '12.0.0'))
      await root.sh('dpkg -i /tmp/old.deb')
      await stage('12.0.0', [pushed('12.0.0')])
      await root.sh(`sed -i '/^Package: grafana$/,/^$/s/^Status: .*/Status: install reinstreq half-configured/' /var/lib/dpkg/status
rm /usr/share/grafana/VERSION`)
      await activate('12.0.0')
      expect(await installed()).toBe('grafana 12.0.012.0.0')
    })

    it('installs, and goes back to what was there before gha came', async () => {
      root.write('tmp/old.deb', tinyDeb('grafana', '12.0.0'))
      await root.sh('dpkg -i /tmp/old.deb')
      expect(await there('12.1.0')).toMatchObject({wished: 'missing', missingPrevious: '12.0.0', machine: /./})
      expect(await stage('12.1.0', [pushed('12.1.0'), pushed('12.0.0')])).toEqual({previous: 'found', wayBack: true})
      await activate('12.1.0')
      expect(await installed()).toBe('grafana 12.1.012.1.0')
      expect(await root.sh('apt-mark showhold')).toBe('grafana')
      expect(await there('12.1.0')).toEqual({wished: 'at-hand', machine: expect.any(String)})
      await root.run(activateRelease(activation, swapTo('12.0.0', 'found')))
      expect(await installed()).toBe('grafana 12.0.012.0.0')
    })

    it('says that there is no way back where the old package was not pushed', async () => {
      root.write('tmp/old.deb', tinyDeb('grafana', '12.0.0'))
      await root.sh('dpkg -i /tmp/old.deb')
      expect(await stage('12.1.0', [pushed('12.1.0')])).toEqual({previous: 'found', wayBack: false})
    })

    it('refuses a package that is another one than its name says', async () => {
      const other = {version: '12.1.0', bytes: tinyDeb('grafana', '12.0.0')}
      await expect(stage('12.1.0', [other])).rejects.toThrow('cannot fetch Grafana 12.1.0')
      await expect(stage('12.1.0', [pushed('12.1.0', 'grafana-enterprise')])).rejects.toThrow('cannot fetch')
      await expect(stage('12.1.0', [pushed('12.1.0', 'grafana', 's390x')])).rejects.toThrow('cannot fetch')
      await expect(installed()).rejects.toThrow('no packages found')
    })
  })

  describe('with a repository and its key', () => {
    let signer: Signer
    let stranger: Signer
    beforeAll(() => {
      signer = new Signer()
      stranger = new Signer()
    })
    afterAll(() => {
      signer.remove()
      stranger.remove()
    })

    const publish = (version: string) => {
      const files = signedRepository({[`grafana_${version}_all.deb`]: tinyDeb('grafana', version)}, signer)
      for (const [name, bytes] of Object.entries(files)) root.write(`srv/packages/${name}`, bytes)
    }
    const activation = activationFor({
      type: 'url',
      url: 'file:///srv/packages',
      suite: './',
      components: [],
      key: '/nowhere',
    })
    const setUp = (key: RepositoryKey) =>
      setUpAptRepository({url: 'file:///srv/packages', suite: './', components: [], key})
    const stage = (key: RepositoryKey) =>
      root.run(stageRelease({...activation, release: releaseOf('12.1.0'), contents: [], setUp: setUp(key)}))
    const bytes = (form: 'armored' | 'binary', by = signer): RepositoryKey => ({
      type: 'bytes',
      bytes: by.publicKey(form),
    })

    it.each([['armored' as const], ['binary' as const]])('fetches what is signed with it (%s)', async form => {
      publish('12.1.0')
      await stage(bytes(form))
      await root.run(activateRelease(activation, swapTo('12.1.0')))
      expect(await installed()).toBe('grafana 12.1.012.1.0')
      expect(await root.sh(`head -n 1 ${SOURCES}`)).toContain('Managed by gha')
      expect(await root.sh(`stat -c %a ${SOURCES} /etc/apt/keyrings /etc/apt/keyrings/gha-grafana.*`)).toBe(
        '644\n755\n644',
      )
      await stage(bytes(form))
    })

    it('refuses what somebody else signed, and leaves the node as it was', async () => {
      publish('12.1.0')
      await expect(stage(bytes('armored', stranger))).rejects.toThrow('not signed with the key of gha.yaml')
      expect(await root.sh('ls /etc/apt/keyrings /etc/apt/sources.list.d')).not.toContain('gha-grafana')
      await stage(bytes('armored'))
      await expect(stage(bytes('armored', stranger))).rejects.toThrow('not signed')
      const alone = `-o Dir::Etc::sourcelist=${SOURCES} -o Dir::Etc::sourceparts=- -o APT::Update::Error-Mode=any`
      await root.sh(`apt-get -q update ${alone}`)
    })

    it('fetches the key where it is a URL, and takes nothing else for one', async () => {
      publish('12.1.0')
      root.write('srv/key.asc', signer.publicKey('armored'))
      root.write('srv/page.html', '<html>Not found</html>')
      await expect(stage({type: 'url', url: 'file:///srv/page.html'})).rejects.toThrow('is no armored public key')
      await stage({type: 'url', url: 'file:///srv/key.asc'})
    })

    it('leaves a file alone that somebody else wrote there, or edited', async () => {
      publish('12.1.0')
      root.write(SOURCES, 'Types: deb\n')
      await expect(stage(bytes('armored'))).rejects.toThrow('is not what gha wrote there')
      await root.sh(`rm ${SOURCES}`)
      await stage(bytes('armored'))
      await root.sh(`echo 'Enabled: no' >>${SOURCES}`)
      await expect(stage(bytes('armored'))).rejects.toThrow('is not what gha wrote there')
    })

    it("is taken away again when gha.yaml names no repository any more, and nobody else's is", async () => {
      publish('12.1.0')
      await stage(bytes('armored'))
      await root.sh(REMOVE_APT_REPOSITORY)
      expect(await root.sh('ls /etc/apt/keyrings /etc/apt/sources.list.d')).not.toContain('gha-grafana')
      root.write(SOURCES, 'Types: deb\n')
      await root.sh(REMOVE_APT_REPOSITORY)
      expect(await root.sh(`cat ${SOURCES}`)).toBe('Types: deb')
    })
  })
})
