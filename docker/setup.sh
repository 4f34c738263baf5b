#!/usr/bin/env bash
# Finds or installs what Checkride needs, and starts the Docker engine where none runs.
#
# What is there is left as it is. On Debian and Ubuntu as root it installs what is missing; elsewhere
# it says what is missing and how to get it, and ends with 3. It builds nothing: the images are
# `checkride images`'. `setup.sh programs` stops before the engine, `setup.sh browser` adds Chromium.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }
missing() { say "$1"; say "  $2"; exit 3; }
has() { command -v "$1" >/dev/null 2>&1; }

can_install() { [ "$(id -u)" = 0 ] && has apt-get; }

updated=no
install() {
    if [ "$updated" = no ]; then
        say "reading the package lists"
        apt-get update -qq >/dev/null
        updated=yes
    fi
    say "installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
engine_answers() {
    case $socket in
        unix://*) curl -fsS -m 5 --unix-socket "${socket#unix://}" http://engine/_ping ;;
        tcp://*) curl -fsS -m 5 "http://${socket#tcp://}/_ping" ;;
        *) docker version ;;
    esac >/dev/null 2>&1
}

need_programs() {
    has cargo || missing "cargo is not here" "install Rust: https://www.rust-lang.org/tools/install"
    has git || { can_install && install git; } || missing "git is not here" "install git"
    has curl || { can_install && install curl; } || missing "curl is not here" "install curl"
    has cc || { can_install && install gcc libc6-dev; } ||
        missing "there is no C compiler" "install gcc (Debian: apt-get install gcc libc6-dev)"
    has npm || { can_install && install nodejs npm; } ||
        missing "npm is not here" "install Node 20.19 or later, with npm: https://nodejs.org"
}

# Only the tests of the console need it: `setup.sh browser`.
need_browser() {
    has chromium || { can_install && install chromium fonts-dejavu-core; } ||
        missing "there is no Chromium" "install it (Debian: apt-get install chromium)"
}

need_engine() {
    if engine_answers; then return; fi
    if [ -n "${DOCKER_HOST:-}" ]; then
        missing "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST" "start it, or unset DOCKER_HOST"
    fi
    if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
        missing "you may not speak to the Docker engine" \
            "add yourself to its group (sudo usermod -aG docker $(id -un)) and log in again"
    fi
    if ! has dockerd; then
        can_install || missing "there is no Docker engine" \
            "install one: https://docs.docker.com/engine/install, or run this as root on Debian or Ubuntu"
        # Without certificates it cannot pull; its package only recommends them.
        install docker.io iptables ca-certificates
    fi
    start_engine
}

# From Debian 13 on the command is a package of its own, which that of the engine only recommends; before
# and in Ubuntu it comes with the engine. The lab needs the engine alone, its tests the command as well.
need_command() {
    has docker || { can_install && install docker-cli; } ||
        say "there is no docker command here (Debian: apt-get install docker-cli); \`make test\` needs it"
}

start_engine() {
    [ "$(id -u)" = 0 ] || missing "the Docker engine does not run" "start it: sudo systemctl start docker"
    say "starting the Docker engine"
    if [ -d /run/systemd/system ]; then
        systemctl start docker
    else
        local log=/var/log/dockerd.log
        setsid nohup dockerd >>"$log" 2>&1 </dev/null &
    fi
    # Until it answers; half a minute is several times what a cold start takes.
    for _ in $(seq 150); do
        if engine_answers; then return; fi
        sleep 0.2
    done
    [ -f /var/log/dockerd.log ] && tail -n 5 /var/log/dockerd.log >&2
    missing "the Docker engine does not answer" "its log is /var/log/dockerd.log, or: journalctl -u docker"
}

# Every image stands on this one. It is pulled where a registry is in reach; elsewhere it is made
# with mmdebstrap, which has to be here for that.
need_base() {
    local base=debian:trixie-slim
    if docker image inspect "$base" >/dev/null 2>&1; then return; fi
    if docker pull -q "$base" >/dev/null 2>&1; then return; fi
    has mmdebstrap || { can_install && install mmdebstrap; } ||
        missing "$base can be neither pulled nor made" "install mmdebstrap, or load the image: docker load"
}

need_programs
if [ "${1:-}" = programs ]; then exit; fi
need_engine
need_command
# Who could not install the command could not install mmdebstrap either; `checkride images` then says what is missing.
if has docker; then need_base; fi
if [ "${1:-}" = browser ]; then need_browser; fi
