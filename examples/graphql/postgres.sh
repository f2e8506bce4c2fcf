#!/usr/bin/env bash
# A PostgreSQL of its own for the tests, in a new temporary directory, on 127.0.0.1 and a free port.
#
#   BATCHTICK_POSTGRES=$(./postgres.sh start)    installs PostgreSQL if it is missing (as root, with apt-get), starts it
#                                                and prints its URL
#   ./postgres.sh stop "$BATCHTICK_POSTGRES"     stops that one, and removes its directory
set -euo pipefail

fail() { echo "postgres.sh: $*" >&2; exit 1; }

binaries() { # the newest version's, since Debian does not put them on the PATH
	find /usr/lib/postgresql -name initdb -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname
}

# PostgreSQL does not run as root; the package brings a user for it.
unprivileged() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; else "$@"; fi; }

free_port() {
	for port in $(shuf -i 20000-29999 -n 50); do
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
	done
	fail 'no free port'
}

start() {
	if [ -z "$(binaries)" ]; then
		[ "$(id -u)" = 0 ] || fail 'PostgreSQL is missing; install the package postgresql'
		{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql; } >&2
	fi
	bin=$(binaries)
	[ -n "$bin" ] || fail 'the package has no initdb'
	cd /
	dir=$(unprivileged mktemp -d "${TMPDIR:-/tmp}/batchtick-postgres.XXXXXX")
	unprivileged "$bin/initdb" -D "$dir/data" -U batchtick -A trust --no-sync -E UTF8 --locale=C >/dev/null
	for _ in 1 2 3; do # the port may be taken between the look and the start
		port=$(free_port)
		if unprivileged "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start \
			-o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off" >/dev/null; then
			echo "postgres://batchtick@127.0.0.1:$port/postgres"
			return
		fi
	done
	cat "$dir/log" >&2
	fail "PostgreSQL does not start"
}

stop() {
	[ $# = 1 ] || fail 'usage: postgres.sh stop URL'
	data=$("$(binaries)/psql" "$1" -Atc 'SHOW data_directory')
	case $data in */batchtick-postgres.*/data) ;; *) fail "this PostgreSQL is not mine: $data" ;; esac
	cd /
	unprivileged "$(binaries)/pg_ctl" -D "$data" -m immediate -w stop >/dev/null # by the process id in its directory
	rm -rf "${data%/data}"
}

case ${1-} in
start) start ;;
stop) shift && stop "$@" ;;
*) fail 'usage: postgres.sh start | stop URL' ;;
esac
