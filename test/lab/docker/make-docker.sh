#!/bin/sh
# make-docker.sh BASE OUT
# Makes what a node that runs containers has on top of the base: Debian's docker and its registry.
set -e
base=$1 out=$2
here=$(dirname "$(readlink -f "$0")")
[ -d "$out" ] && exit 0
rm -rf "$out.new" "$out.work" "$out.root"
mkdir -p "$out.new" "$out.work" "$out.root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$out.new,workdir=$out.work" "$out.root"
cat /etc/resolv.conf > "$out.root/etc/resolv.conf"
cp "$here/configure-docker.sh" "$out.root/tmp/"
PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$out.root" sh /tmp/configure-docker.sh
: > "$out.root/etc/resolv.conf"
rm -rf "$out.root"/tmp/* "$out.root"/var/cache/apt/archives/*.deb "$out.root"/var/lib/apt/lists/*
umount "$out.root"
rm -rf "$out.work" "$out.root"
mv "$out.new" "$out"
