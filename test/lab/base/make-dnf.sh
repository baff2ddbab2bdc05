#!/bin/sh
# make-dnf.sh BASE OUT
# Makes OUT: what a node has on top of BASE to live by rpm and dnf, and to build packages for others.
set -e
base=$1 out=$2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ -d "$out" ] && exit 0
rm -rf "$out.new" "$out.work" "$out.root"
mkdir -p "$out.new" "$out.work" "$out.root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$out.new,workdir=$out.work" "$out.root"
cat /etc/resolv.conf > "$out.root/etc/resolv.conf"
cp "$(dirname "$(readlink -f "$0")")/configure-dnf.sh" "$out.root/tmp/"
chroot "$out.root" sh /tmp/configure-dnf.sh
: > "$out.root/etc/resolv.conf"
rm -rf "$out.root"/tmp/* "$out.root"/var/cache/apt/archives/*.deb "$out.root"/var/lib/apt/lists/*
umount "$out.root"
rm -rf "$out.work" "$out.root"
mv "$out.new" "$out"
