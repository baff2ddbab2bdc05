#!/bin/sh
# run-host.sh NAME FOLDER LAYERS NAMESPACE CGROUP APT-FOLDER [docker]
# Runs one host until it is powered off. Its file system is mounted in a mount namespace of this process only, so that
# a host that ends in any way leaves no mount behind.
set -e
name=$1 folder=$2 layers=$3 namespace=$4 cgroup=$5 apt=$6
for hierarchy in $(awk '$3 == "cgroup2" || $4 ~ /name=systemd/ {print $2}' /proc/mounts); do
  mkdir -p "$hierarchy/$cgroup"
  echo $$ > "$hierarchy/$cgroup/cgroup.procs"
done
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
shift 6
# Containers need the newer control groups, keys and bpf; and overlays of their own, which lie on no other overlay.
if [ "$1" = docker ]; then
  export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
  mkdir -p "$folder/docker"
  set -- --capability=all --system-call-filter='add_key keyctl bpf' --bind="$folder/docker:/var/lib/docker"
fi
status=133
# 133 is how systemd-nspawn says that the host wants to boot again.
while [ "$status" = 133 ]; do
  status=0
  systemd-nspawn --quiet --directory="$folder/root" --machine="$name" --boot --register=no --keep-unit \
    --network-namespace-path="$namespace" --bind-ro="$apt:/srv/apt" "$@" || status=$?
done
exit "$status"
