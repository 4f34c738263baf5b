#!/bin/sh
# Checks the configuration, the rules and what the alerts do, with promtool. Needs no engine and no
# running system: `labs/payments/prometheus/check.sh` (promtool is in Debian's `promtool`).
set -eu
cd "$(dirname "$0")"

promtool check rules --lint-fatal config/recording.yml config/alerts.yml
# The paths in it are those of the image.
promtool check config --syntax-only config/prometheus.yml
promtool test rules test/*.test.yml
