#!/bin/sh
# make-runtime.sh BASE FOLDER
# Lays out what the double needs in an image: a shell, a few programs, Node and their libraries, all from the base.
set -e
base=$1 out=$2
mkdir -p "$out/usr/bin" "$out/usr/lib64" "$out/opt/double-node/bin" "$out/etc" "$out/tmp" "$out/etc/grafana"
for name in bin lib lib64; do ln -s "usr/$name" "$out/$name"; done
for program in bash dash cat dirname readlink; do cp "$base/usr/bin/$program" "$out/usr/bin/"; done
ln -s dash "$out/usr/bin/sh"
cp "$base/opt/double-node/bin/node" "$out/opt/double-node/bin/"
for file in "$out"/usr/bin/* "$out/opt/double-node/bin/node"; do ldd "$file"; done 2>/dev/null |
  grep -o '/lib[^ ]*' | sort -u | while read -r library; do
  mkdir -p "$out/usr${library%/*}"
  cp -L "$base$library" "$out/usr$library"
done
printf 'root:x:0:0::/:/bin/sh\ngrafana:x:472:0::/usr/share/grafana:/bin/sh\n' > "$out/etc/passwd"
for folder in var/lib/grafana/plugins var/log/grafana; do
  mkdir -p "$out/$folder"
  chown 472:0 "$out/$folder"
done
cat > "$out/run.sh" <<'RUN'
#!/bin/bash
exec grafana server --homepath="$GF_PATHS_HOME" --config="$GF_PATHS_CONFIG" --packaging=docker "$@" \
  cfg:default.log.mode=console cfg:default.paths.data="$GF_PATHS_DATA" cfg:default.paths.logs="$GF_PATHS_LOGS" \
  cfg:default.paths.plugins="$GF_PATHS_PLUGINS" cfg:default.paths.provisioning="$GF_PATHS_PROVISIONING"
RUN
chmod 755 "$out/run.sh"
