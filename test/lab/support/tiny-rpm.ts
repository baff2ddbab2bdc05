import type {BaseRoot} from './base-root.ts'

export interface TinyRpm {
  readonly name?: string
  readonly version: string
  readonly release?: string
  readonly architecture?: 'noarch' | 's390x'
  /** A package it needs. */
  readonly requires?: string
  /** Of the script after installing. */
  readonly post?: string
}

/** Where `tinyRpm` puts what it built. */
export const RPMS = '/srv/rpms'

/** Builds a package, in the root that has rpmbuild, of a version file, an environment file and whatever is asked for; its path there. */
export async function tinyRpm(root: BaseRoot, wish: TinyRpm): Promise<string> {
  const {name = 'grafana', version, release = '1', architecture = 'noarch', requires, post = ':'} = wish
  root.write(
    '/srv/tiny.spec',
    specOf({name, version, release, post, requires: requires ? `Requires: ${requires}\n` : ''}),
  )
  const define = ['_topdir /srv/build', `_rpmdir ${RPMS}`, '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm']
  const words = [...define, '_buildhost lab'].map(macro => `--define '${macro}'`).join(' ')
  await root.sh(`rpmbuild -bb --quiet --target ${architecture} ${words} /srv/tiny.spec`)
  return `${RPMS}/${name}-${version}-${release}.${architecture}.rpm`
}

function specOf({
  name,
  version,
  release,
  requires,
  post,
}: Readonly<Record<'name' | 'version' | 'release' | 'requires' | 'post', string>>): string {
  const tree = name.startsWith('grafana') ? 'usr/share/grafana' : `usr/share/${name}`
  return `Name: ${name}
Version: ${version}
Release: ${release}
Summary: a test
License: none
AutoReqProv: no
${requires}%description
A test.
%install
mkdir -p %{buildroot}/${tree} %{buildroot}/etc/sysconfig
echo ${version} > %{buildroot}/${tree}/VERSION
echo "RESTART_ON_UPGRADE=true # ${version}" > %{buildroot}/etc/sysconfig/${name}-server
%post
${post}
%files
/${tree}/VERSION
%config(noreplace) /etc/sysconfig/${name}-server
`
}
