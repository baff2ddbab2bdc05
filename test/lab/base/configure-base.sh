# Runs inside the new base: what every host of the lab has in common.
set -e
systemctl mask systemd-networkd.service systemd-networkd.socket systemd-resolved.service systemd-logind.service \
  getty.target console-getty.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer
# With the aliases left, systemctl reboot complains about the masked logind before it finds another way.
rm -f /lib/systemd/system/dbus-org.freedesktop.login1.service /etc/systemd/system/dbus-org.freedesktop.login1.service \
  /usr/share/dbus-1/system-services/org.freedesktop.login1.service

rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id
: > /etc/machine-id
# A name server that does not answer makes every sudo wait ten seconds.
: > /etc/resolv.conf

useradd --create-home --uid 2001 --shell /bin/bash ops
useradd --create-home --uid 2002 --shell /bin/bash carol
echo 'carol:carol-sudo-secret' | chpasswd
echo 'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ops
echo 'carol ALL=(ALL) ALL' > /etc/sudoers.d/carol
chmod 440 /etc/sudoers.d/ops /etc/sudoers.d/carol
for user in ops carol; do install -d -m 700 -o "$user" -g "$user" "/home/$user/.ssh"; done

ln -s /opt/double-node/bin/node /usr/local/bin/node
mkdir -p /srv/apt /usr/share/gha-lab
mv /etc/apt/sources.list /usr/share/gha-lab/debian.list
echo 'deb [trusted=yes] file:/srv/apt ./' > /etc/apt/sources.list.d/lab.list
