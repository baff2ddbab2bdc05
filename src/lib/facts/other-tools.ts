import {known} from '../model/observation.ts'
import {linesOf, type NodeFact} from './node-fact.ts'

/** Programs that may change Grafana behind gha's back: `puppet`, `chef`, `ansible-pull`, `unattended-upgrades`, `dnf-automatic`. */
export const otherTools: NodeFact<readonly string[]> = {
  ask: () => `
has puppet || [ -x /opt/puppetlabs/bin/puppet ] && record tools.found puppet
has chef-client || [ -d /etc/chef ] && record tools.found chef
scheduled=$(grep -rhos -e ansible-pull -e '^ *APT::Periodic::Unattended-Upgrade *"[1-9]' /etc/crontab /etc/cron.d /var/spool/cron /etc/systemd/system /etc/apt/apt.conf.d)
for timer in dnf-automatic dnf-automatic-install dnf5-automatic; do
  [ -e "/etc/systemd/system/timers.target.wants/$timer.timer" ] && record tools.found dnf-automatic
done
case $scheduled in *ansible-pull*) record tools.found ansible-pull ;; esac
case $scheduled in *Unattended-Upgrade*) has unattended-upgrade && record tools.found unattended-upgrades ;; esac`,
  read: records => known(linesOf(records, 'tools.found')),
}
