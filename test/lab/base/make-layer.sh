#!/bin/sh
# make-layer.sh BASE OUT SCRIPT
# Makes OUT: what a host has on top of BASE once SCRIPT has run there.
set -e
base=$1 out=$2 script=$3
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ -d "$out" ] && exit 0
rm -rf "$out.new" "$out.work" "$out.root"
mkdir -p "$out.new" "$out.work" "$out.root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$out.new,workdir=$out.work" "$out.root"
cat /etc/resolv.conf > "$out.root/etc/resolv.conf"
cp "$script" "$out.root/tmp/"
chroot "$out.root" sh "/tmp/${script##*/}"
: > "$out.root/etc/resolv.conf"
rm -rf "$out.root"/tmp/* "$out.root"/var/cache/apt/archives/*.deb "$out.root"/var/lib/apt/lists/*
umount "$out.root"
rm -rf "$out.work" "$out.root"
mv "$out.new" "$out"
