#!/bin/sh
# Reads what a Grafana would read: its provisioning, the pass for Prometheus among it.
set -e
source="$GF_PATHS_PROVISIONING/datasources/prometheus.yaml"
PASS=$(sed -n 's/.*"httpHeaderValue1":"\([0-9a-f]*\)".*/\1/p' "$source")
test -n "$PASS"
test -r "$GF_PATHS_PROVISIONING/dashboards/dashboards.yaml"
grep -lq '"uid": "pool"' /srv/grafana/dashboards/*.json
# Its database has a place, and nothing else does.
touch /var/lib/grafana/grafana.db
if touch /srv/grafana/x 2>/dev/null || touch /opt/x 2>/dev/null; then exit 9; fi
export PASS
exec haproxy -db -f /opt/haproxy.cfg
