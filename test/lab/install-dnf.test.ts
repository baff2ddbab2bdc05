import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {activateRelease} from '../../src/lib/host/activate.ts'
import {REMOVE_RPM_REPOSITORY, setUpRpmRepository} from '../../src/lib/host/install/dnf-repository.ts'
import type {RepositoryKey} from '../../src/lib/host/install/repository-files.ts'
import {lookForPackages} from '../../src/lib/host/look-for-packages.ts'
import {type PushedArchive, stageRelease} from '../../src/lib/host/stage.ts'
import type {PackageSource} from '../../src/lib/model/cluster.ts'
import {BaseRoot} from './support/base-root.ts'
import {activationBy, releaseOf, swapTo} from './support/installing.ts'
import {Signer} from './support/signed-repository.ts'
import {RPMS, type TinyRpm, tinyRpm} from './support/tiny-rpm.ts'

const REPOSITORY = '/etc/yum.repos.d/gha-grafana.repo'
const UNFINISHED = '/var/lib/gha/prod/gf1/packages/unfinished'

/** dnf and rpm as Debian has them, on a node that knows one repository of packages. */
describe('dnf', () => {
  let root: BaseRoot
  beforeEach(async () => {
    root = await BaseRoot.make('dnf')
    return () => root.remove()
  }, 600_000)

  const activationFor = (source: PackageSource) => activationBy({method: 'dnf', source})
  const installed = () => root.sh("rpm -q --qf '%{NAME} %{VERSION} ' grafana && cat /usr/share/grafana/VERSION")
  const publish = async (...wishes: readonly TinyRpm[]) => {
    for (const wish of wishes) await tinyRpm(root, wish)
    await root.sh(`mkdir -p /srv/apt/rpm && mv ${RPMS}/*.rpm /srv/apt/rpm/ && createrepo_c -q /srv/apt/rpm`)
  }

  describe('with the repositories of the node', () => {
    const activation = activationFor({type: 'node-repo'})
    const stage = (version: string) =>
      root.run(stageRelease({...activation, release: releaseOf(version), contents: []}))
    const activate = (version: string, id?: string) => root.run(activateRelease(activation, swapTo(version, id)))

    it('installs the exact version, holds it, and goes back to what was there before gha came', async () => {
      await publish({version: '12.0.0'}, {version: '12.1.0'}, {version: '12.2.0'})
      await root.sh('dnf -q -y install grafana-12.0.0-1')
      expect(await stage('12.1.0')).toEqual({previous: 'found', wayBack: true})
      expect(await installed()).toBe('grafana 12.0.0 12.0.0')
      // Whatever becomes of the repository: all is at hand.
      await root.sh('mv /srv/apt/rpm /srv/apt/away')
      await activate('12.1.0')
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
      await root.sh('mv /srv/apt/away /srv/apt/rpm && dnf -q -y upgrade')
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
      await activate('12.0.0', 'found')
      expect(await installed()).toBe('grafana 12.0.0 12.0.0')
      await root.sh('dnf -q -y --refresh upgrade')
      expect(await installed()).toBe('grafana 12.0.0 12.0.0')
    })

    it('says that there is no way back where no repository has the old version any more', async () => {
      await tinyRpm(root, {version: '12.0.0'})
      await root.sh(`rpm -i ${RPMS}/*.rpm && rm ${RPMS}/*.rpm`)
      await publish({version: '12.1.0'})
      expect(await stage('12.1.0')).toEqual({previous: 'found', wayBack: false})
      await expect(stage('12.3.0')).rejects.toThrow('cannot fetch Grafana 12.3.0')
    })

    it.each([
      ['12.0.2+security-01', {version: '12.0.2', release: '01'}],
      ['12.0.2+security-01', {version: '12.0.2+security', release: '01'}],
      ['12.0.2+security-01', {version: '12.0.2+security_01', release: '1'}],
      ['13.0.0-beta1', {version: '13.0.0~beta1', release: '1'}],
      ['13.0.0-beta1', {version: '13.0.0', release: 'beta1'}],
      ['12.0.2', {version: '12.0.2', release: '4.el9'}],
    ])('knows %s as %o', async (version, spelling) => {
      await publish(spelling, {version: '12.0.1'}, {version: '12.0.3'})
      await stage(version)
      await activate(version)
      expect(await root.sh("rpm -q --qf '%{VERSION}-%{RELEASE}' grafana")).toBe(
        `${spelling.version}-${spelling.release}`,
      )
      // Nothing is left to do.
      expect(await root.run(lookForPackages(activation.state, activation.install, version))).toMatchObject({
        wished: 'at-hand',
      })
      expect(await root.sh(`${shell(activation)} package_current`)).toBe(version)
    })

    it('brings what the package needs, and uses it only where the node lacks it', async () => {
      await publish({version: '12.1.0', requires: 'font'}, {name: 'font', version: '1.0'})
      await stage('12.1.0')
      expect(await root.sh('rpm -q font; true')).toContain('not installed')
      await publish({name: 'font', version: '2.0'})
      await root.sh('dnf -q -y --refresh install font-2.0 && mv /srv/apt/rpm /srv/apt/away')
      await activate('12.1.0')
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
      expect(await root.sh("rpm -q --qf '%{VERSION}' font")).toBe('2.0')
      await root.sh('rpm -e grafana font')
      await activate('12.1.0')
      expect(await root.sh("rpm -q --qf '%{VERSION}' font")).toBe('1.0')
    })

    it('keeps an environment file that was edited, and believes rpm where a script of the package fails', async () => {
      await publish({version: '12.0.0'}, {version: '12.1.0', post: 'exit 1'})
      await root.sh('dnf -q -y install grafana-12.0.0-1 && echo edited >>/etc/sysconfig/grafana-server')
      await stage('12.1.0')
      await activate('12.1.0')
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
      expect(await root.sh('cat /etc/sysconfig/grafana-server')).toMatch(/12\.0\.0\nedited$/)
    })

    it('ignores what an admin has excluded by name, as the version is wished', async () => {
      await publish({version: '12.1.0'})
      await root.sh('echo excludepkgs=grafana* >>/etc/dnf/dnf.conf')
      await stage('12.1.0')
      await activate('12.1.0')
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
    })
  })

  describe('after a transaction that was cut', () => {
    const activation = activationFor({type: 'node-repo'})
    const stage = (version: string) =>
      root.run(stageRelease({...activation, release: releaseOf(version), contents: []}))
    const activate = (version: string, id?: string) => root.run(activateRelease(activation, swapTo(version, id)))
    const cut = async () => {
      await publish({version: '12.0.0'}, {version: '12.1.0'})
      await root.sh('dnf -q -y install grafana-12.0.0-1')
      await stage('12.1.0')
      await root.sh(
        `date >${UNFINISHED}; echo half >/usr/share/grafana/VERSION; touch '/usr/share/grafana/bin;68a1b2c3'`,
      )
    }

    it('counts nothing as installed, and goes forward over files of both', async () => {
      await cut()
      expect(await root.sh(`${shell(activation)} package_current`)).toBe('')
      await activate('12.1.0')
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
      expect(await root.sh('ls /usr/share/grafana')).toBe('VERSION')
    })

    it('goes back with every file, though rpm says that the old one was never gone', async () => {
      await cut()
      await activate('12.0.0', 'found')
      expect(await installed()).toBe('grafana 12.0.0 12.0.0')
      expect(await root.sh(`ls ${UNFINISHED} 2>&1; rpm -V grafana && echo whole`)).toContain('whole')
    })

    it("ends the package's script that the killed dnf has left, before it restarts what serves", async () => {
      // Not to be taken for the script itself.
      const name = 'name=/var/tmp/rpm-tmp; name=$name.Abc'
      const left = `${name}; echo "sleep 3; touch /srv/restarted" >$name; sh $name 2 & sleep 0.3`
      await root.sh(`${shell(activation)}${left}; package_end_scripts; sleep 4`)
      await expect(root.sh('cat /srv/restarted')).rejects.toThrow('No such file')
    })

    it.each(['12.0.0', '12.1.0'])('leaves %s alone where both were entered', async version => {
      await cut()
      await root.sh(`rpm -i --force --nodeps /srv/apt/rpm/grafana-12.1.0-1.noarch.rpm; rm ${UNFINISHED}`)
      expect(await root.sh('rpm -q grafana | wc -l')).toBe('2')
      await activate(version, version === '12.0.0' ? 'found' : undefined)
      expect(await installed()).toBe(`grafana ${version} ${version}`)
    })
  })

  describe('while another one is at work', () => {
    const activation = activationFor({type: 'node-repo'})
    const wait = (...before: readonly string[]) =>
      root.sh([shell(activation), ...before, 'package_wait; echo "waited $waited"'].join('\n'))

    it('waits for the lock of dnf, and not for the number of one that is gone', async () => {
      const sleeper = 'mkdir -p /var/lib/dnf; (exec -a dnf sleep 2) & echo $! >/var/lib/dnf/rpmdb_lock.pid; sleep 0.3'
      expect(await wait(`bash -c "$(cat <<'X'\n${sleeper}\nX\n)"`)).toMatch(/waited [1-4]/)
      expect(await wait('echo 1 >/var/lib/dnf/rpmdb_lock.pid')).toContain('waited 0')
      expect(await root.sh('ls /var/lib/dnf')).not.toContain('rpmdb_lock.pid')
    })

    it('waits for the lock of rpm', async () => {
      const holder = 'import fcntl,time;f=open("/var/lib/rpm/.rpm.lock","w");fcntl.lockf(f,fcntl.LOCK_EX);time.sleep(2)'
      expect(await wait(`python3 -c '${holder}' & sleep 0.7`)).toMatch(/waited [1-4]/)
    })

    it('gives up after two minutes, and says so', async () => {
      await expect(wait('sleep() { :; }; package_locked() { :; }', 'package_wait || exit 3')).rejects.toThrow(
        'another dnf or rpm has been at work on this node for two minutes',
      )
    })
  })

  describe('with packages that were pushed', () => {
    const activation = activationFor({type: 'push', directory: '/nowhere'})
    const stage = (version: string, archives: readonly PushedArchive[] = []) =>
      root.run(stageRelease({...activation, release: releaseOf(version), contents: [], archives}))
    const pushed = async (version: string, wish: TinyRpm): Promise<PushedArchive> => ({
      version,
      bytes: root.read(await tinyRpm(root, wish)),
    })

    it('installs, and goes back to what was there before gha came', async () => {
      const [old, fresh] = [await pushed('12.0.0', {version: '12.0.0'}), await pushed('12.1.0', {version: '12.1.0'})]
      await root.sh(`rpm -i ${RPMS}/grafana-12.0.0-1.noarch.rpm; rm /etc/yum.repos.d/*`)
      expect(await root.run(lookForPackages(activation.state, activation.install, '12.1.0'))).toMatchObject({
        wished: 'missing',
        missingPrevious: '12.0.0',
      })
      expect(await stage('12.1.0', [fresh, old])).toEqual({previous: 'found', wayBack: true})
      await root.run(activateRelease(activation, swapTo('12.1.0')))
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
      await root.run(activateRelease(activation, swapTo('12.0.0', 'found')))
      expect(await installed()).toBe('grafana 12.0.0 12.0.0')
    })

    it('refuses a package that is another one than its name says, or damaged', async () => {
      const refused = async (wish: TinyRpm) =>
        expect(stage('12.1.0', [await pushed('12.1.0', wish)])).rejects.toThrow('cannot fetch Grafana 12.1.0')
      await refused({version: '12.0.0'})
      await refused({version: '12.1.0', name: 'grafana-enterprise'})
      await refused({version: '12.1.0', architecture: 's390x'})
      await refused({version: '12.1.0', requires: 'what-nobody-has'})
      const {bytes} = await pushed('12.1.0', {version: '12.1.0'})
      const damaged = Uint8Array.from(bytes)
      damaged[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1
      await expect(stage('12.1.0', [{version: '12.1.0', bytes: damaged}])).rejects.toThrow('cannot fetch')
      await expect(installed()).rejects.toThrow()
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

    const URL = 'file:///srv/apt/rpm'
    const activation = activationFor({type: 'url', url: URL, suite: 'stable', components: [], key: '/nowhere'})
    const stage = (key: RepositoryKey) =>
      root.run(
        stageRelease({
          ...activation,
          release: releaseOf('12.1.0'),
          contents: [],
          setUp: setUpRpmRepository({url: URL, key}),
        }),
      )
    const bytes = (by = signer): RepositoryKey => ({type: 'bytes', bytes: by.publicKey('armored')})
    const publishSigned = async (by = signer) => {
      const rpm = await tinyRpm(root, {version: '12.1.0'})
      root.write('/srv/secret.asc', by.secretKey())
      await root.sh(`export GNUPGHOME=/srv/keys; mkdir -p -m 700 /srv/keys; gpg -q --batch --import /srv/secret.asc
rpmsign --define '_gpg_name packages@example.com' --define '_gpg_path /srv/keys' --define '__gpg /usr/bin/gpg' --addsign ${rpm} >&2; code=$?
gpgconf --kill all 2>/dev/null; rm -rf /srv/keys /etc/yum.repos.d/lab.repo; exit $code`)
      await publish()
    }

    it('installs what is signed with it, from a repository that nobody else asks', async () => {
      await publishSigned()
      await stage(bytes())
      await root.run(activateRelease(activation, swapTo('12.1.0')))
      expect(await installed()).toBe('grafana 12.1.0 12.1.0')
      expect(await root.sh(`head -n 1 ${REPOSITORY}`)).toContain('Managed by gha')
      expect(await root.sh(`stat -c %a ${REPOSITORY} /etc/pki/rpm-gpg/gha-grafana.asc`)).toBe('644\n644')
      expect(await root.sh('dnf -q repolist')).toBe('')
      await stage(bytes())
    })

    it('refuses what somebody else signed or nobody, though the node trusts both', async () => {
      await publishSigned(stranger)
      root.write('/srv/stranger.asc', stranger.publicKey('armored'))
      await root.sh('rpmkeys --import /srv/stranger.asc')
      await expect(stage(bytes())).rejects.toThrow('cannot fetch Grafana 12.1.0')
      await root.sh('rm /srv/apt/rpm/*.rpm')
      await publish({version: '12.1.0'})
      await expect(stage(bytes())).rejects.toThrow('cannot fetch Grafana 12.1.0')
      expect(await root.sh('ls /var/lib/gha/prod/gf1/packages')).toBe('')
    })

    it('fetches the key where it is a URL, and takes nothing else for one', async () => {
      await publishSigned()
      root.write('srv/key.asc', signer.publicKey('armored'))
      root.write('srv/page.html', '<html>Not found</html>')
      await expect(stage({type: 'url', url: 'file:///srv/page.html'})).rejects.toThrow('is no armored public key')
      expect(await root.sh('ls -A /etc/pki/rpm-gpg /etc/yum.repos.d')).not.toContain('gha')
      await stage({type: 'url', url: 'file:///srv/key.asc'})
    })

    it('leaves a file alone that somebody else wrote there, or edited', async () => {
      await publishSigned()
      root.write(REPOSITORY, '[theirs]\n')
      await expect(stage(bytes())).rejects.toThrow('is not what gha wrote there')
      await root.sh(`rm ${REPOSITORY}`)
      await stage(bytes())
      await root.sh(`echo 'enabled=1' >>${REPOSITORY}`)
      await expect(stage(bytes())).rejects.toThrow('is not what gha wrote there')
    })

    it("is taken away again when gha.yaml names no repository any more, and nobody else's is", async () => {
      await publishSigned()
      await stage(bytes())
      await root.sh(REMOVE_RPM_REPOSITORY)
      expect(await root.sh('ls -A /etc/pki/rpm-gpg /etc/yum.repos.d')).not.toContain('gha')
      root.write(REPOSITORY, '[theirs]\n')
      await root.sh(REMOVE_RPM_REPOSITORY)
      expect(await root.sh(`cat ${REPOSITORY}`)).toBe('[theirs]')
    })

    it('puts back what was there where the repository cannot be read', async () => {
      const setUp = setUpRpmRepository({url: 'file:///srv/nothing', key: bytes()})
      const run = stageRelease({...activation, release: releaseOf('12.1.0'), contents: [], setUp})
      await expect(root.run(run)).rejects.toThrow('the repository file:///srv/nothing cannot be read')
      expect(await root.sh('ls -A /etc/pki/rpm-gpg /etc/yum.repos.d')).not.toContain('gha')
    })
  })
})

/** What every script of gha begins with, for a look at one of its functions. */
function shell({state, install}: {readonly state: string; readonly install: {readonly functions: string}}): string {
  return `state=${state}; ${install.functions}\n`
}
