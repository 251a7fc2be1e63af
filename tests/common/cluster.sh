#!/usr/bin/env bash
# A throwaway PostgreSQL cluster: started on the port that is given, stopped and taken away when
# standard input ends. Whoever holds the other end of that pipe holds the cluster's life, so that it
# goes with a process that was killed as well as with one that ended.
#
#     cluster.sh PORT          prints `ready` once it answers, or what is wrong, on standard output
#
# PostgreSQL refuses to run as root: then the account `postgres`, which its package makes, runs it.
set -u
port=$1

say_and_stop() {
    echo "$1"
    exit 1
}

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
    bin=$(dirname "$(readlink -f "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")")
fi
[ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] || say_and_stop \
    "no PostgreSQL server programs were found: run scripts/test, or install postgresql, or set HEADEND_TEST_POSTGRES to the URL of a superuser"

directory=$(mktemp -d "${TMPDIR:-/tmp}/headend-test-postgres-XXXXXX") || say_and_stop "no directory for the cluster"
as=()
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || say_and_stop "the account postgres is missing: install the package postgresql"
    chown postgres: "$directory"
    as=(setpriv --reuid postgres --regid postgres --init-groups)
fi
cd "$directory" || say_and_stop "the cluster's directory is gone"

clean_up() {
    "${as[@]}" "$bin/pg_ctl" -D "$directory/data" -m immediate -s stop >/dev/null 2>&1
    rm -rf "$directory"
}
trap clean_up EXIT
# The terminal's own signals reach this whole group; the pipe alone says when it is over.
trap '' INT HUP TERM

"${as[@]}" "$bin/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$directory/initdb.log" 2>&1 || say_and_stop "initdb failed: $(tail -n 3 "$directory/initdb.log" | tr '\n' ' ')"
cat >>"$directory/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$directory'
max_connections = 300
shared_buffers = 64MB
fsync = off
full_page_writes = off
autovacuum_naptime = 1h
log_min_messages = warning
CONF
"${as[@]}" "$bin/pg_ctl" -D "$directory/data" -l "$directory/postgres.log" -s -w -t 60 start >/dev/null 2>&1 \
    || say_and_stop "the cluster did not start: $(tail -n 3 "$directory/postgres.log" 2>/dev/null | tr '\n' ' ')"
echo ready
cat >/dev/null
