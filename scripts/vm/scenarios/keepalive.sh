#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# nginx under wrk, without keep-alive and with it. Without, there is a connection for
# each request, and tcpdiag recommends a pool; with it, a few connections serve all
# requests. Truth: nstat, ss, and the requests that wrk counted.
# kernels: 6.12
# also: 6.1 debug
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"

CONNECTIONS=8
# The debug kernel is 45 times slower.
if [ "$KVER" = debug ]; then
	FOR=4 MANY=20
else
	FOR=1 MANY=100
fi

start_nginx() {
	mkdir -p "$scratch/nginx/logs"
	cat >"$scratch/nginx/conf" <<-END
		user root;
		worker_processes 1;
		pid nginx.pid;
		error_log stderr;
		events { }
		http {
			access_log off;
			keepalive_requests 1000000;
			client_body_temp_path body;
			proxy_temp_path proxy;
			fastcgi_temp_path fastcgi;
			uwsgi_temp_path uwsgi;
			scgi_temp_path scgi;
			server { listen 127.0.0.1:8080; location / { return 200 "hello"; } }
		}
	END
	"$CACHE/nginx/usr/sbin/nginx" -p "$scratch/nginx" -c conf -e stderr
	wait_until 10 test -s "$scratch/nginx/nginx.pid"
}

# requests SECONDS [WRK_OPTION...]: how many wrk had answered
requests() {
	local seconds=$1
	shift

	wrk -t 1 -c "$CONNECTIONS" -d "${seconds}s" "$@" http://127.0.0.1:8080/ |
		sed -n 's/^ *\([0-9]*\) requests in .*/\1/p'
}

row() {
	cell ports '127.0.0.1 127.0.0.1:8080' "$1"
}

# Of the view time_wait: what of a row is where. usage: tw KIND COLUMN VALUE
tw() {
	view time_wait | awk -v kind="$1" -v at="$2" -v value="$3" \
		'$1 == kind && $at == value { print $6 }'
}

opened() {
	mib TcpActiveOpens
}

plan 20

set_sysctl net.ipv4.tcp_max_tw_buckets 100000
load_module
set_sysctl net.tcpdiag.churn_per_second $MANY
start_nginx
sleep 6

note "without keep-alive: nginx closes after each answer"
before=$(opened)
done=$(requests $FOR -H 'Connection: close')
rate=$(cell time_wait total per_s_10)
counted
connect_rate=$(row connects_per_s)
findings_then=$(view findings)
made=$(($(opened) - before))
note "$done requests, $made connections; $rate TIME_WAIT a second; $connect_rate connects"
within "$made" "$done" $((done + 2 * CONNECTIONS)) "a connection for each request"
is "$(row connects)" "$made" "connects: as nstat says"
is "$(row lived)" "$(row lived_under_1s)" "none lived for a second"
within "$(row lived)" "$done" "$made" "as many have ended"
within "$(row median_life_us)" 1 999999 "the median is what is left of a second"
waits=$(ss_count TIME_WAIT)
ours=$(ss -Htan state time-wait 'dport = :8080' | wc -l)
is "$(row in_use) $(row time_wait)" "$ours $ours" "the client's ports are free, but where wrk closed first at its end"
within "${connect_rate%.*}" $MANY 1000000 "they are many a second"
check "it is a finding that names wrk" \
	grep -q 'connection_churn what wrk .* connections a second from 127.0.0.1 to 127.0.0.1:8080' <<<"$findings_then"
check "and advises keep-alive" \
	grep -q 'connection_churn application .*keep-alive' <<<"$findings_then"
is "$(cell time_wait total now)" "$waits" "TIME_WAIT: as ss says"
within "$waits" $((done / 2)) "$made" "nearly one for each connection: some gave way to a new one"
is "$(tw owner 3 nginx)" $((waits - ours)) "they are nginx's, which closed first"
is "$(tw destination 4 127.0.0.1:8080)" $((waits - ours)) "on its port"
within "${rate%.*}" $MANY 1000000 "made a second: many"

note "with keep-alive"
sleep 11
made_before=$made lived=$(row lived)
before=$(opened)
done=$(requests $FOR)
counted
made=$(($(opened) - before))
note "$done requests, $made connections"
within "$made" "$CONNECTIONS" $((2 * CONNECTIONS)) "a connection for each of wrk's, whatever it asks"
is "$(row connects)" $((made_before + made)) "connects: as nstat says"
is "$(row lived)" $((lived + made)) "each life is told"
within "$done" $((100 * made)) 1000000000 "a hundred requests and more on each"
within "$(cell time_wait total per_s_10 | sed 's/\..*//')" 0 5 "hardly any TIME_WAIT is made"
check_not "that is no finding" grep -q connection_churn /proc/tcpdiag
kill "$(cat "$scratch/nginx/nginx.pid")"
