#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The congestion control algorithm aimd: chosen by sysctl and by socket option,
# loaded by its name, held while it is in use, and doing what its name says.
#
#   sender --- 10 ms, loss at will --> receiver
#          <-------- 10 ms ----------
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 90
. "$TOP/scripts/vm/lib.sh"

parameters=/sys/module/tcpdiag/parameters

# What ss -ti says of the connection; 0 if nothing. usage: ti NAME
ti() {
	in_netns sender ss -Htin dst "$(v4 receiver sender)" | awk -v name="$1" '
		{ for (i = 1; i <= NF; i++) { split($i, f, ":"); v[f[1]] = f[2] } }
		END { print v[name] + 0 }'
}

# One packet is lost, and every repetition, until the retransmission timer has
# fired: the threshold is then the share of the window that beta says. Linux
# asks the algorithm once. usage: lose_one PERCENT
lose_one() {
	local cwnd

	echo "$1" >$parameters/aimd_beta_percent
	cwnd=$(ti cwnd)
	drop_all to-receiver sender
	tell sender send c 1
	wait_until 10 equal ti cwnd -- 1
	is "$(ti ssthresh)" $((cwnd * $1 / 100)) "a loss at a window of $cwnd leaves $1 % of it"
	delay to-receiver 10 sender
	tell receiver recv s 1 >/dev/null
}

# usage: install_module: where modprobe of this machine finds it
install_module() {
	local to

	to=/run/modules/lib/modules/$(uname -r)
	mkdir -p "$to"
	cp "$BUILD/tcpdiag.ko" "$to/"
	depmod -b /run/modules 2>/dev/null
}

plan 27

install_module
check_not "the module is not loaded" module_loaded
# Only the machine's own namespace may set a default that no one else uses.
default=net.ipv4.tcp_congestion_control
check "the sysctl accepts its name" set_sysctl $default aimd init
check "and has loaded the module" module_loaded
is "$(in_netns init sysctl -n $default)" aimd "it is the default"
check "it is among those available" grep -qw aimd \
	<<<"$(in_netns init sysctl -n net.ipv4.tcp_available_congestion_control)"
check_not "the module stays while it is the default" rmmod tcpdiag
set_sysctl $default cubic init
check "then it goes" unload_module
rm -r /run/modules

netns sender
netns receiver
veth sender receiver
delay to-receiver 10 sender
delay to-sender 10 receiver
set_sysctl net.ipv4.tcp_slow_start_after_idle 0 sender

check_not "an increase of 0 is refused" load_module aimd_increase=0
load_module
for bad in 0 17 abc -1; do
	check_not "aimd_increase=$bad is refused" eval "echo $bad >$parameters/aimd_increase"
done
for bad in 9 91; do
	check_not "aimd_beta_percent=$bad is refused" eval "echo $bad >$parameters/aimd_beta_percent"
done
is "$(cat $parameters/aimd_increase $parameters/aimd_beta_percent | tr '\n' ' ')" "1 50 " \
	"the values are what they were"

play sender -n sender
play receiver -n receiver
tell receiver listen l "$(v4 receiver sender)" 8080
tell sender connect c "$(v4 receiver sender)" 8080
tell receiver accept s l
is "$(tell sender getcc c)" cubic "a connection begins with the default"
tell sender opt c cc aimd
is "$(tell sender getcc c)" aimd "and changes to aimd"
check_not "the module stays while a connection uses it" rmmod tcpdiag
check "ss -ti shows it" grep -qw aimd <<<"$(in_netns sender ss -Htin dst "$(v4 receiver sender)")"
is "$(view sockets sender | awk '$3 == "ESTABLISHED" { print $12 }')" aimd "so does sockets"

note "a transfer without loss opens the window; then one packet is lost"
ask receiver recv s 16384
ask sender send c 600000
answer sender >/dev/null
got=$(answer receiver | cut -d ' ' -f 2)
while [ "$got" -lt 600000 ]; do
	got=$((got + $(tell receiver recv s 16384)))
done
check "the window is open" test "$(ti cwnd)" -gt 40
is "$(ti ssthresh)" 0 "in slow start, there is no threshold yet"
lose_one 50
ask sender send c 300000
answer sender >/dev/null
got=0
while [ "$got" -lt 300000 ]; do
	got=$((got + $(tell receiver recv s 16384)))
done
lose_one 90
echo 50 >$parameters/aimd_beta_percent

note "a transfer that loses many packets"
in_netns sender tc qdisc replace dev to-receiver root netem delay 1ms loss 15% limit 100000
before=$(mib TcpRetransSegs sender)
ask receiver drain s
tell sender send c 600000
tell sender close c
is "$(answer receiver)" "ok 600000" "every byte arrives"
check "packets were lost and sent again" test "$(mib TcpRetransSegs sender)" -gt "$before"
tell receiver close s
wait_until 20 equal ss_count ESTABLISHED sender -- 0
wait_until 20 unload_module
ok "with its last connection closed, the module goes"
