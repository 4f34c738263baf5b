#!/bin/sh
# Makes the data directory while the image is built: initdb, then every *.sql of the context's
# `init` folder, then an orderly stop, so that the first start has nothing to recover.
# Runs as the user `postgres`, in the build context. Not in the final image.
set -eu

# Segments of 1 MiB instead of 16: the write-ahead log is most of an empty cluster.
initdb --wal-segsize=1 --no-sync --encoding=UTF8 --locale=C.UTF-8 --auth=peer >/dev/null
# The configuration is in /etc/postgresql.
rm "$PGDATA"/postgresql.conf "$PGDATA"/pg_hba.conf "$PGDATA"/pg_ident.conf

# Only over the local socket; nothing here needs to survive a crash; the log stays short, since
# its segments are kept for reuse and would be copied at every start.
options='-c config_file=/etc/postgresql/postgresql.conf -c listen_addresses= -c fsync=off -c min_wal_size=2MB -c max_wal_size=8MB'
if ! pg_ctl --silent --wait --log=/tmp/server.log --options="$options" start; then
  cat /tmp/server.log >&2
  exit 1
fi

for script in init/*.sql; do
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres --file="$script"
done

pg_ctl --silent --wait --mode=fast stop
# One new segment instead of those that were left for reuse.
pg_resetwal --pgdata="$PGDATA" >/dev/null
sync
