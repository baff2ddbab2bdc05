#!/bin/sh
# make-data.sh OUT POSTGRES-BIN
# Makes the data folders that every lab's PostgreSQL and MariaDB start from.
set -e
out=$1 postgres=$2
[ -d "$out" ] && exit 0
rm -rf "$out.new"
mkdir -p "$out.new/postgres" "$out.new/mariadb"
chmod 755 "$out.new"
chown postgres:postgres "$out.new/postgres"
chown mysql:mysql "$out.new/mariadb"
as() { user=$1; shift; setpriv --reuid "$user" --regid "$user" --init-groups --reset-env -- "$@"; }
cd "$out.new"

echo lab-superuser-secret > /tmp/gha-lab-pwfile.$$
chown postgres /tmp/gha-lab-pwfile.$$
trap 'rm -f /tmp/gha-lab-pwfile.$$' EXIT
as postgres "$postgres/initdb" -D "$out.new/postgres" -U postgres --no-sync -E UTF8 --locale=C \
  --auth=scram-sha-256 --pwfile=/tmp/gha-lab-pwfile.$$
echo 'host all all 10.87.0.0/16 scram-sha-256' >> "$out.new/postgres/pg_hba.conf"
as postgres "$postgres/postgres" --single -D "$out.new/postgres" postgres <<'SQL'
CREATE ROLE grafana LOGIN PASSWORD 'lab-postgres-secret'
CREATE DATABASE grafana OWNER grafana
SQL

as mysql mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve \
  --innodb-log-file-size=8M --datadir="$out.new/mariadb" --tmpdir="$out.new/mariadb"
cat > "$out.new/mariadb.sql" <<'SQL'
CREATE DATABASE IF NOT EXISTS grafana CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS 'grafana'@'%' IDENTIFIED BY 'lab-mariadb-secret';
GRANT ALL ON grafana.* TO 'grafana'@'%';
CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY 'lab-superuser-secret';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
SQL
chmod 644 "$out.new/mariadb.sql"
mv "$out.new" "$out"
