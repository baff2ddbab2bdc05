#!/bin/sh
# make-lists.sh BASE APT-FOLDER OUT
# Lets apt read the repository once and keeps what it wrote as a layer, instead of once on every host.
set -e
base=$1 apt=$2 out=$3
# Another lab may have made it while this one waited for its turn.
[ -d "$out" ] && exit 0
find "$(dirname "$base")" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
rm -rf "$out.new" "$out.work" "$out.root"
mkdir -p "$out.new" "$out.work" "$out.root"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$out.new,workdir=$out.work" "$out.root"
mount --bind "$apt" "$out.root/srv/apt"
PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$out.root" apt-get -qq update
umount "$out.root/srv/apt"
umount "$out.root"
rm -rf "$out.work" "$out.root"
mv "$out.new" "$out"
