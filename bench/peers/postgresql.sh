#!/usr/bin/env bash
# postgresql.sh FOLDER PORT: runs a PostgreSQL of its own in the folder, on the loopback only and
# without passwords, until it is ended; with the databases `emmett` and `message_store`, which has
# Message DB in it. FOLDER/ready is there when both can be used.
set -euo pipefail

folder=$1 port=$2
message_db=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/node_modules/@eventide/message-db/database
PATH=/usr/lib/postgresql/15/bin:$PATH
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres

# PostgreSQL refuses to be run by root, who therefore runs it as the user that its package made.
as_its_user=()
if ((EUID == 0)); then
  chown postgres "$folder"
  as_its_user=(setpriv --reuid postgres --regid postgres --init-groups --pdeathsig KILL)
fi

set_up() {
  until pg_isready --quiet; do sleep 0.05; done
  createdb emmett
  bash "$message_db/install.sh"
  touch "$folder/ready"
}

"${as_its_user[@]}" initdb --pgdata "$folder/cluster" --username postgres --auth trust \
  --encoding UTF8 --locale C
set_up &
# Durable, as it is by default; connections enough for all clients, and the memory that its
# documentation advises.
exec "${as_its_user[@]}" postgres -D "$folder/cluster" -p "$port" -c listen_addresses=127.0.0.1 \
  -c unix_socket_directories= -c max_connections=200 -c shared_buffers=1GB \
  -c fsync=on -c synchronous_commit=on
