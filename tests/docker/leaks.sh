# Walks everything that the person in the workstation can read, in sections `@@section name`. Runs as their
# user, in the workstation.
section() { printf '\n@@section %s\n' "$1"; }

# `_` names the program that was started last: this walk's own.
section environment
env | grep -v '^_=' | sort
for process in /proc/[0-9]*; do tr '\0' '\n' < "$process/environ"; done 2>/dev/null | grep -v '^_=' | sort -u

section processes
for process in /proc/[0-9]*; do
    [ "${process#/proc/}" = "$$" ] || printf '%s %s\n' "$(tr '\0' ' ' < "$process/cmdline")" "$(cat "$process/comm")"
done 2>/dev/null | grep -v -e '^ *$' -e leaks -e '^cat' -e '^tr ' -e '^sort' -e '^grep' -e '^bash -c' | sort -u

section kernel
# Whether a process just runs or sleeps is chance.
cat /proc/self/cgroup /proc/self/mountinfo /proc/mounts /proc/net/unix /proc/1/status 2>&1 | grep -v '^0000' | sed 's/R (running)/S (sleeping)/'

section host
hostname; cat /etc/hosts /etc/resolv.conf /etc/hostname
for name in edge payments-1 payments-2 postgres prometheus acquirer internet workstation; do
    address=$(getent hosts "$name" | cut -d' ' -f1 | head -1)
    printf '%s is %s is %s\n' "$name" "$address" "$(getent hosts "$address" | cut -d' ' -f2-)"
done

# What no package brought: its names, and (below) what it holds.
section files
# A package may say /bin where /usr/bin is meant.
cat /var/lib/dpkg/info/*.list | sed 's,^/\(bin\|sbin\|lib\|lib64\)/,/usr/\1/,' | sort -u > /tmp/packaged
find / -xdev -type f -readable -not -path '/proc/*' -not -path '/sys/*' -not -path '/src/payments/.git/*' \
    -not -path '/var/lib/dpkg/*' -not -path '/var/lib/apt/*' -not -path '/var/cache/*' 2>/dev/null \
    | sort | comm -23 - /tmp/packaged | grep -v '^/tmp/packaged$' > /tmp/own
xargs -d '\n' sha256sum < /tmp/own 2>/dev/null | sed 's/^\(............\)[0-9a-f]* /\1 /'

section contents
grep -v -e '^/usr/lib' -e '^/usr/share' -e '^/etc/ssl' -e '^/etc/ld' /tmp/own | xargs -d '\n' grep -IH '' 2>/dev/null | cut -c1-400
find /run /home /tmp /var/tmp -type f -readable 2>/dev/null | grep -v -e /tmp/own -e /tmp/packaged
rm -f /tmp/own /tmp/packaged

section history
git -C /src/payments log --all --decorate -p --format=fuller 2>&1
git -C /src/payments for-each-ref; git -C /src/payments config --list 2>&1

section changes
for words in history status 'config get payments' 'config history payments' 'diff 2.3.2 2.4.0' --help; do
    echo "\$ deployctl $words"; deployctl $words 2>&1
done
for words in status --help; do echo "\$ edgectl $words"; edgectl $words 2>&1; done

section documents
for words in brief dashboards wiki --help 'ask who deployed last' 'ask what is going on'; do
    echo "\$ oncall $words"; oncall $words 2>&1
done
for page in $(oncall wiki 2>/dev/null | awk '{print $1}'); do oncall wiki "$page" 2>&1; done

section incident
for words in page 'logs payments --last 50' 'logs postgres --last 50' 'logs edge --last 20' 'logs acquirer --last 20' 'logs prometheus --last 20' 'logs internet --last 20' 'logs workstation --last 20' 'dashboard service'; do
    echo "\$ oncall $words"; oncall $words 2>&1
done
echo "GET alerts"; curl -s -m 3 http://prometheus:9090/api/v1/alerts | jq -S .

section measurements
for address in payments-1:9100/metrics payments-2:9100/metrics acquirer:8080/metrics edge:8404/metrics postgres:9187/metrics prometheus:9090/metrics internet:8080/ internet:9100/metrics; do
    echo "GET $address"; curl -s -m 3 "http://$address"
done

section prometheus
for path in status/config status/flags status/buildinfo labels label/__name__/values label/job/values label/instance/values rules targets metadata; do
    echo "GET $path"; curl -s -m 3 "http://prometheus:9090/api/v1/$path" | jq -S 'walk(if type == "object" then del(.alerts) else . end)' | grep -v -i -E 'time|duration|value"|lastScrape|activeAt|evaluation|health"|state"|lastError'
done

section database
psql -qAt -c "select name, setting, source from pg_settings order by 1" \
    -c "select datname, datacl from pg_database" -c "select rolname, rolconfig from pg_roles order by 1" \
    -c "select n.nspname, c.relname, c.relkind, c.reloptions from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^pg_(toast|temp)' order by 1, 2" \
    -c "select * from pg_description where objoid in (select oid from pg_class where relnamespace = 'public'::regnamespace)" \
    -c "select extname from pg_extension" -c "select * from pg_shdescription" \
    -c "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace" 2>&1

section sessions
psql -qAt -c "select distinct application_name, usename, backend_type from pg_stat_activity order by 1, 2, 3" \
    -c "select distinct query from pg_stat_statements order by 1" 2>&1

section containers
docker version; docker info; docker ps -a --no-trunc
for name in $(docker ps -a --format '{{.Names}}' | sort); do
    echo "\$ $name"; docker inspect "$name"; docker port "$name"; docker top "$name" -o pid,args
    docker logs --tail 50 "$name" 2>&1
    docker exec "$name" sh -c 'env; cat /proc/1/cmdline /proc/self/mountinfo; ls -a / /tmp' 2>&1
done
docker events --since 1h --until 0s
