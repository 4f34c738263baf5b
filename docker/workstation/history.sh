#!/bin/sh
# Turns the source of the service and the patches of its releases into a git repository, while the
# image is built. A patch is named NNNN-<version>.patch; its author is its own, and so are the day of
# the week and the hour of its date.
set -eu
cd /src/payments
rm -rf target .git

# Written out, since the smallest base has no time zones.
export TZ=CET-1CEST,M3.5.0,M10.5.0/3
first='2026-10-19 11:24:51'

date_of() { sed -n '/^Date: /{s///p;q;}' "$1"; }
seconds() { date -d "$1" +%s; }

# All dates are moved by the same number of weeks, so that the newest is from one to eight days before
# this image: a release that went out days ago has not been written last year, nor tomorrow. They age
# with the image, as the rows of the database do.
newest=$(seconds "$first")
for patch in /tmp/releases/*.patch; do
    [ -e "$patch" ] || continue
    at=$(seconds "$(date_of "$patch")")
    [ "$at" -le "$newest" ] || newest=$at
done
week=$((7 * 86400))
gap=$(($(date +%s) - 86400 - newest))
# Rounded down, also where it is negative: the rest of a division takes the sign of what is divided.
moved_by=$((gap - (gap % week + week) % week))
moved() { date -R -d "@$(($(seconds "$1") + moved_by))"; }

git init -q -b main .
git config user.name 'Release Bot'
git config user.email 'releases@payments.example'
git add .
when=$(moved "$first")
GIT_AUTHOR_NAME='Mira Lindqvist' GIT_AUTHOR_EMAIL='mira@payments.example' \
GIT_AUTHOR_DATE="$when" GIT_COMMITTER_DATE="$when" \
    git commit -q -m 'payments 2.3.0'
git tag v2.3.0

for patch in /tmp/releases/*.patch; do
    [ -e "$patch" ] || continue
    version=$(basename "$patch" .patch)
    version=${version#*-}
    when=$(moved "$(date_of "$patch")")
    sed "0,/^Date: /s/^Date: .*/Date: $when/" "$patch" | git am -q --committer-date-is-author-date
    git tag "v$version"
done

# Read by everybody, written by nobody.
git gc -q --prune=now
rm -rf .git/hooks .git/logs
chmod -R a+rX,go-w .
git log --oneline --decorate
