# Runs inside the docker layer: a daemon that leaves the network alone, and a registry that asks nobody who he is.
set -e
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
cp /usr/share/gha-lab/debian.list /etc/apt/sources.list
mv /etc/apt/sources.list.d/lab.list /usr/share/gha-lab/
apt-get -qq update
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -qq install -y --no-install-recommends docker.io docker-registry
rm -f /usr/sbin/policy-rc.d /etc/apt/sources.list
mv /usr/share/gha-lab/lab.list /etc/apt/sources.list.d/
mkdir -p /etc/docker
echo '{"bridge": "none", "iptables": false, "ip-forward": false, "storage-driver": "overlay2"}' > /etc/docker/daemon.json
sed -i '/^auth:/,/^    path:/d' /etc/docker/registry/config.yml
