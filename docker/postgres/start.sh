#!/bin/sh
# Starts the exporter in the background, then becomes the server, so that the server is the
# container's first process and gets its signals. The exporter may start first: it connects when
# it is scraped. If it dies it stays dead, and Prometheus says so.
set -eu

# Over the local socket as `exporter` (pg_ident.conf), so there is no password to keep.
# Left out: the settings (hundreds of series), what nobody looks at and what needs a second
# server.
DATA_SOURCE_NAME="user=exporter host=/var/run/postgresql dbname=${PGDATABASE:-postgres} sslmode=disable application_name=postgres_exporter" \
GOGC=40 GOMAXPROCS=1 \
prometheus-postgres-exporter \
  --web.listen-address=0.0.0.0:9187 \
  --log.level=error \
  --disable-settings-metrics \
  --no-collector.replication \
  --no-collector.replication_slot \
  --no-collector.roles \
  --no-collector.wal \
  --no-collector.statio_user_tables \
  --collector.long_running_transactions &

# A commit that waits for the disk waits for whatever else the host writes: builds, other labs. Here it need not. What
# the server wrote is the kernel's, and is there after a restart and a kill; only a crash of the host would lose it, and
# a lab ends with its host.
LD_PRELOAD=libeatmydata.so exec postgres --config-file=/etc/postgresql/postgresql.conf
