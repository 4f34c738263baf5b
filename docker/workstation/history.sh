#!/bin/sh
# Turns the source of the service and the patches of its releases into a git repository, while the
# image is built. A patch is named NNNN-<version>.patch; its date and author are its own.
set -eu
cd /src/payments
rm -rf target .git

git init -q -b main .
git config user.name 'Release Bot'
git config user.email 'releases@payments.example'
git add .
GIT_AUTHOR_NAME='Mira Lindqvist' GIT_AUTHOR_EMAIL='mira@payments.example' \
GIT_AUTHOR_DATE='2026-10-19T11:24:51+02:00' GIT_COMMITTER_DATE='2026-10-19T11:24:51+02:00' \
    git commit -q -m 'payments 2.3.0'
git tag v2.3.0

for patch in /tmp/releases/*.patch; do
    [ -e "$patch" ] || continue
    version=$(basename "$patch" .patch)
    version=${version#*-}
    git am -q --committer-date-is-author-date "$patch"
    git tag "v$version"
done

# Read by everybody, written by nobody.
git gc -q --prune=now
rm -rf .git/hooks .git/logs
chmod -R a+rX,go-w .
git log --oneline --decorate
