#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The netlink family, asked by the kernel tree's own library and tool by the spec:
# rows of every operation are those of the files, conditions choose the sockets that
# ss chooses, wrong requests are refused with the right errno and the attribute
# named, owners are shown to CAP_NET_ADMIN only, and a dump that is not read to its
# end keeps the module.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 600
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/mixture.sh"
. "$TOP/scripts/vm/netlink.sh"

views=(states transitions histograms sockets close_wait congestion listeners
	handshake resets stalls flows time_wait ports findings history self)

answer_in() {
	cat "$scratch/answers/$1"
}

# usage: normalised VIEW FILE; remarks in the file are for people
normalised() {
	awk -v view="$1" -f "$TOP/scripts/vm/views-normalise.awk" "$2" |
		grep -v '^# owners are shown'
}

# same_rows ASKER DESCRIPTION: a result for each view: rows by netlink and of its file
same_rows() {
	local view file

	for view in "${views[@]}"; do
		printf '%s-%s both %s\n' "$1" "$view" "$view"
	done | ask_netlink "$1"
	for view in "${views[@]}"; do
		file=$scratch/answers/$1-$view
		is "$(normalised "$view" "$file")" "$(normalised "$view" "$file.file")" "$view: $2"
	done
}

# What ss shows of sockets that are not TIME_WAITs or requests: local, remote. It has no
# column for the state if only one is asked for.
# usage: by_ss FILTER...
by_ss() {
	ss -OHtano "$@" | awk '!/timer:\(timewait/ && !/^SYN-RECV/ {
		i = $1 ~ /^[0-9]/ ? 3 : 4; print $i, $(i + 1) }' | sort
}

# usage: by_netlink NAME: local and remote of the rows of an answer
by_netlink() {
	awk 'NR > 1 { print $1, $2 }' "$scratch/answers/$1" | sort
}

plan 86

load_module
start_asker root
start_asker nobody setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all
mixture_begins 'odd server'
mixture_goes_on netlink-test

check "genl lists the family" grep -q 'Name: tcpdiag' <(genl ctrl list)
genl ctrl get name tcpdiag >"$scratch/genl"
is "$(sed -n 's/.*Name: \([a-z]*\).*/\1/p' "$scratch/genl") $(grep -cE '#[0-9]+:  ID-0x[0-9a-f]+ *$' "$scratch/genl")" \
	"tcpdiag $(grep -cE '^      (do|dump):' "$scratch/ynl/tcpdiag.yaml")" \
	"... and finds it by its name, with every operation of the spec"
same_rows root "rows are those of the file"
same_rows nobody "... for nobody, who sees no owners"

mypid=$(tell grouped pid)
cgroup=$(stat -c %i /sys/fs/cgroup/netlink-test)
ask_netlink root <<END
summary get
close-wait sockets {"filter":{"states":["close-wait"]}}
two sockets {"filter":{"states":["listen","close-wait"]}}
sport sockets {"filter":{"local-port":8080}}
dport sockets {"filter":{"remote-port":8081}}
src sockets {"filter":{"local-prefix":{"addr":"7f000000","len":8}}}
dst sockets {"filter":{"remote-prefix":{"addr":"00000000000000000000000000000001"}}}
dst0 sockets {"filter":{"remote-prefix":{"addr":"7f000001","len":31},"remote-port":8081}}
none sockets {"filter":{"local-prefix":{"addr":"0a000000","len":8}}}
pid sockets {"filter":{"pid":$mypid}}
uid sockets {"filter":{"uid":65534}}
cgroup sockets {"filter":{"cgroup":$cgroup}}
cc sockets {"filter":{"cc":"reno"}}
both sockets {"filter":{"local-port":8080,"states":["established"]}}
long sockets {"filter":{"min-in-state-us":1500000,"local-port":8080}}
longer sockets {"filter":{"min-in-state-us":3600000000}}
columns sockets {"columns":$((1 << 4 | 1 << 5 | 1 << 6)),"filter":{"states":["close-wait"]}}
bad-state sockets {"filter":{"states":0}}
bad-bit sockets {"filter":{"states":1}}
bad-columns sockets {"columns":0}
bad-column sockets {"columns":2}
bad-far sockets {"columns":$((1 << 40))}
bad-prefix sockets {"filter":{"local-prefix":{"len":8}}}
bad-addr sockets {"filter":{"remote-prefix":{"addr":"7f00000102"}}}
bad-len sockets {"filter":{"local-prefix":{"addr":"7f000001","len":33}}}
bad-pid sockets {"filter":{"pid":0}}
bad-cc sockets {"filter":{"cc":""}}
bad-cc-long sockets {"filter":{"cc":"a_name_that_is_too_long"}}
raw-short raw dump sockets 0c000280050003001f000000
raw-unknown raw dump sockets 08003f0000000000
raw-not-nested raw dump sockets 0c0002000800020002000000
raw-nested-unknown raw dump sockets 0c00028008003e0000000000
raw-cut raw dump sockets 080002800c000200
raw-others raw dump states 0800020000000000
raw-do raw do states
raw-dump raw dump get
raw-get raw do get 0800020000000000
raw-reserved reserved
raw-good raw dump sockets
END

is "$(answer_in summary | grep -c '"state":')" 13 "the summary has every state"
is "$(answer_in summary | tr -d ' \n' | grep -o '"netns":[0-9]*,"owners":1,"default-cc":"[a-z]*"')" \
	"\"netns\":$(stat -L -c %i /proc/self/ns/net),\"owners\":1,\"default-cc\":\"$(sysctl -n net.ipv4.tcp_congestion_control)\"" \
	"... and names its namespace and the algorithm of new sockets"

is "$(by_netlink close-wait)" "$(by_ss state close-wait)" "by state, as ss"
is "$(by_netlink two)" "$(by_ss state listening state close-wait)" "by two states"
is "$(by_netlink sport)" "$(by_ss sport = :8080)" "by local port"
is "$(by_netlink dport)" "$(by_ss dport = :8081)" "by remote port"
is "$(by_netlink src)" "$(by_ss src 127.0.0.0/8)" "by local prefix; IPv4 in IPv6 is in it"
is "$(by_netlink dst)" "$(by_ss dst '[::1]')" "by remote address"
is "$(by_netlink dst0)" "$(by_ss dst 127.0.0.1/31 dport = :8081)" "by remote prefix and port"
is "$(by_netlink none)" "" "no socket is in another prefix"
is "$(by_netlink pid)" "$(ss -OHtanp | awk -v p="pid=$mypid," 'index($0, p) { print $4, $5 }')" \
	"by pid, as ss -p"
is "$(by_netlink uid)" "$(ss -OHtane | awk '/ uid:65534 / { print $4, $5 }' | sort)" "by uid, as ss -e"
is "$(by_netlink cgroup)" "$(ss -OHtan --cgroup | awk '/cgroup:\/netlink-test/ { print $4, $5 }' | sort)" \
	"by cgroup, as ss --cgroup"
is "$(by_netlink cc)" "$(ss -OHtani | awk '/ reno / { print $4, $5 }' | sort)" "by algorithm, as ss -i"
is "$(by_netlink both)" "$(by_ss state established sport = :8080)" "by port and state"
is "$(by_netlink long)" "$(by_ss sport = :8080)" "by time: what is that old"
is "$(by_netlink longer)" "" "... and what is not"
is "$(awk 'NR > 1 { rest = ""; for (i = 4; i <= NF; i++) rest = rest $i
	gsub(/-+/, "-", rest)
	print $1, $2, $3, rest }' "$scratch/answers/columns")" \
	"$(by_ss state close-wait) CLOSE_WAIT -" "only the columns that were asked for"

# usage: refused NAME ERRNO ATTRIBUTE
refused() {
	is "$(answer_in "$1" | cut -d ' ' -f 1-2)" "$2 $3" "$1: $2 $3"
}

# The same for what the policy does not find. 6.1 gives a dump that does not begin no
# way to name the attribute.
refused_by_us() {
	[ "$KVER" != 6.1 ] || set -- "$1" "$2" -
	refused "$@"
}

refused_by_us bad-state EINVAL .filter.states
refused bad-bit EINVAL .filter.states
refused_by_us bad-columns EINVAL .columns
refused_by_us bad-column EINVAL .columns
refused_by_us bad-far EINVAL .columns
refused_by_us bad-prefix EINVAL .filter.local-prefix
refused_by_us bad-addr EINVAL .filter.remote-prefix.addr
refused_by_us bad-len EINVAL .filter.local-prefix.len
refused_by_us bad-pid EINVAL .filter.pid
refused_by_us bad-cc EINVAL .filter.cc
refused bad-cc-long EINVAL .filter.cc
refused raw-short EINVAL -
refused raw-unknown EINVAL -
refused raw-not-nested EINVAL -
refused raw-nested-unknown EINVAL -
refused raw-cut EINVAL -
refused raw-others EINVAL -
refused raw-do EOPNOTSUPP -
refused raw-dump EOPNOTSUPP -
refused raw-get EINVAL -
refused raw-reserved EINVAL -
is "$(answer_in raw-good)" ok "a request with nothing wrong is answered"

ask_netlink nobody <<END
nobody-pid sockets {"filter":{"pid":$mypid}}
nobody-uid sockets {"filter":{"uid":65534}}
nobody-cgroup sockets {"filter":{"cgroup":$cgroup}}
nobody-port sockets {"filter":{"local-port":8080}}
nobody-summary get
END
refused_by_us nobody-pid EPERM .filter.pid
refused_by_us nobody-uid EPERM .filter.uid
refused_by_us nobody-cgroup EPERM .filter.cgroup
is "$(by_netlink nobody-port)" "$(by_ss sport = :8080)" "nobody may ask for a port"
is "$(answer_in nobody-summary | grep -o '"owners": .')" '"owners": 0' \
	"... and is told that owners are not shown"

netns other
start_asker other nsenter --net=/run/netns/other
printf 'other sockets\n' | ask_netlink other
is "$(by_netlink other)" "" "a namespace has its own sockets only"

check "the tool of the kernel tree reads the summary" \
	/usr/bin/python3 -B "$scratch/ynl/cli.py" --no-schema --spec "$scratch/ynl/tcpdiag.yaml" --do get

tell server pairs many 200 l 127.0.0.1 8080
printf 'calm resume 0\n' | ask_netlink root
is "$(head -n 1 "$scratch/answers/calm" | cut -d ' ' -f 2)" no "nothing changed during a dump: not flagged"
within "$(head -n 1 "$scratch/answers/calm" | cut -d ' ' -f 1)" 10 1000 "... which took many buffers"
is "$(awk 'NR > 2 { print $1, $2 }' "$scratch/answers/calm" | sort)" "$(by_ss)" \
	"... and shows each socket once"
printf 'churn resume 1\n' | ask_netlink root
is "$(head -n 1 "$scratch/answers/churn" | cut -d ' ' -f 2)" yes "a connection was opened meanwhile: flagged"
is "$(awk 'NR > 2 { print $1, $2 }' "$scratch/answers/churn" | sort | comm -13 - <(
	awk 'NR > 2 { print $1, $2 }' "$scratch/answers/calm" | sort))" "" \
	"... and nothing is missing that was there all the time"

printf 'held hold sockets\n' >&"${asker[root]}"
wait_until 60 test -e "$scratch/answers/held"
check_not "a dump that is not read to its end keeps the module" rmmod tcpdiag
end_askers
dismiss client
dismiss server
dismiss grouped
check "until its socket is closed" let_go_of_module
