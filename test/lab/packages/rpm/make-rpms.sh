#!/bin/sh
# make-rpms.sh BASE DNF-LAYER WORK VERSION…
# Packs each WORK/tree-VERSION with the rpmbuild of a node that has one, and indexes WORK/out for dnf.
set -e
base=$1 layer=$2 work=$3
shift 3
mkdir -p "$work/out" "$work/upper" "$work/overlay" "$work/root"
cp "$(dirname "$(readlink -f "$0")")"/grafana* "$work/"
mount -t overlay overlay -o "lowerdir=$layer:$base,upperdir=$work/upper,workdir=$work/overlay" "$work/root"
mkdir "$work/root/work"
mount --bind "$work" "$work/root/work"
for version; do
  chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C rpmbuild -bb --quiet --define "grafana $version" --define 'work /work' \
    --define '_topdir /build' --define '_rpmdir /work/out' --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define '_buildhost lab' /work/grafana.spec
done
chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin createrepo_c -q /work/out
umount "$work/root/work"
umount "$work/root"
