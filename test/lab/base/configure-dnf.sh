# Runs inside the layer: Debian's own dnf and rpm, set up as a distribution of rpms has them.
set -e
cp /usr/share/gha-lab/debian.list /etc/apt/sources.list
mv /etc/apt/sources.list.d/lab.list /usr/share/gha-lab/
apt-get -qq update
apt-get -qq install -y --no-install-recommends dnf dnf-plugins-core rpm createrepo-c gnupg file
rm -f /etc/apt/sources.list
mv /usr/share/gha-lab/lab.list /etc/apt/sources.list.d/

mkdir -p /etc/rpm /etc/dnf/vars /etc/yum.repos.d /etc/pki/rpm-gpg
# Debian's rpm would keep a database in each user's home.
echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros
echo 12 > /etc/dnf/vars/releasever
sed -i 's/^enabled.*/enabled = false/' /etc/dnf/plugins/local.conf
printf '[lab]\nname=packages of the lab\nbaseurl=file:///srv/apt/rpm\ngpgcheck=0\nskip_if_unavailable=1\n' > /etc/yum.repos.d/lab.repo

# What every rpm with a script needs, and here is from Debian.
cat > /tmp/lab-system.spec <<'SPEC'
Name: lab-system
Version: 1
Release: 1
Summary: says what the system has
License: none
BuildArch: noarch
Provides: /bin/sh
%description
Says what the system has.
%files
SPEC
rpmbuild -bb --quiet --define '_topdir /tmp/build' --define '_buildhost lab' /tmp/lab-system.spec
rpm -i /tmp/build/RPMS/noarch/lab-system-1-1.noarch.rpm 2>/dev/null
