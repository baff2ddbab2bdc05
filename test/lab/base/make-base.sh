#!/bin/sh
# make-base.sh CACHE KEY NODE-FOLDER
# Makes CACHE/base-KEY (a Debian for every host) and CACHE/balancer-KEY (what a balancer host has on top), once.
# Runs in mount and process namespaces of its own, so whatever ends it takes its mounts and processes along.
set -e
cache=$1 key=$2 node=$3
here=$(dirname "$(readlink -f "$0")")
base=$cache/base-$key balancer=$cache/balancer-$key
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ -d "$base" ] && [ -d "$balancer" ] && exit 0
# Each use of a base sets its time.
find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} +
rm -rf "$base.new"

if [ ! -d "$base" ]; then
  debootstrap --variant=minbase \
    --include="systemd,systemd-sysv,dbus,openssh-server,sudo,cron,iproute2,iputils-ping,curl,ca-certificates,adduser,procps,musl,libfontconfig1" \
    bookworm "$base.new"
  mkdir -p "$base.new/opt/double-node/bin"
  cp "$node/node" "$base.new/opt/double-node/bin/node"
  cp "$here/configure-base.sh" "$base.new/tmp/"
  chroot "$base.new" sh /tmp/configure-base.sh
  rm -rf "$base.new"/tmp/* "$base.new"/var/cache/apt/archives/*.deb "$base.new"/var/lib/apt/lists/*
  mv "$base.new" "$base"
fi

sh "$here/make-layer.sh" "$base" "$balancer" "$here/configure-balancer.sh"
