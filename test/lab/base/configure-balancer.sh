# Runs inside the balancer layer: both balancers are installed, neither is enabled; each host enables its own.
set -e
cp /usr/share/gha-lab/debian.list /etc/apt/sources.list
mv /etc/apt/sources.list.d/lab.list /usr/share/gha-lab/
apt-get -qq update
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get -qq install -y --no-install-recommends haproxy nginx-light socat
rm -f /usr/sbin/policy-rc.d /etc/apt/sources.list /etc/nginx/sites-enabled/default
mv /usr/share/gha-lab/lab.list /etc/apt/sources.list.d/
systemctl disable haproxy.service nginx.service
cat > /etc/haproxy/haproxy.cfg <<'CONFIG'
global
    log stdout format raw local0
    stats socket /run/haproxy/admin.sock mode 660 level admin
    user haproxy
    group haproxy

defaults
    mode http
    timeout connect 5s
    timeout client 50s
    timeout server 50s

frontend nothing-yet
    bind *:80
    http-request return status 503
CONFIG
