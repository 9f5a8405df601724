#!/usr/bin/env bash
# Runs a command with a private PostgreSQL cluster, named to it by SHIJIAN_TEST_POSTGRES; the cluster ends with the command.
#
#   scripts/with-postgres.sh cargo test
set -euo pipefail

programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort | tail -1)
# Not in the checkout, which the user `postgres` may not be able to enter; short, as a socket's path must be.
cluster=$(mktemp --directory /tmp/shijian-postgres.XXXXXX)
port=$((20000 + RANDOM))

# PostgreSQL refuses to run as root.
unprivileged=()
if [ "$(id -u)" = 0 ]; then
    chown postgres "$cluster"
    unprivileged=(setpriv --reuid postgres --regid postgres --clear-groups)
fi

finish() {
    "${unprivileged[@]}" "$programs/pg_ctl" --pgdata "$cluster/data" --mode immediate --silent stop || true
    rm -rf "$cluster"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

cd "$cluster"
"${unprivileged[@]}" "$programs/initdb" --pgdata data --username postgres --auth trust \
    --encoding UTF8 --locale C.UTF-8 --no-sync >/dev/null
# Nothing in it outlives the command, so nothing need reach the disk.
"${unprivileged[@]}" "$programs/pg_ctl" --pgdata data --silent --wait --log log --options "-p $port -k '$cluster' \
    -c listen_addresses= -c max_connections=500 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start
cd "$OLDPWD"

export SHIJIAN_TEST_POSTGRES="postgres://postgres@/postgres?host=$cluster&port=$port"
PATH=$programs:$PATH "$@"
