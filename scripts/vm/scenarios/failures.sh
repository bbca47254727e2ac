#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections that fail to open or end badly: each is marked as unusual, none as
# impossible, and nothing is left over.
#
#   here ---- wire ---- silent     (its answers are lost)
#
# kernels: 6.12
# also: 6.1
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# usage: kind FROM TO
kind() {
	view transitions | awk -v from="$1" -v to="$2" '$1 == from && $2 == to { print $4 }'
}

# usage: connected SOCKET: a connection; the server's end is SOCKETs
connected() {
	tell client connect "$1" 127.0.0.1 8080
	tell server accept "$1s" l
	mark_moves
}

# usage: connects_again SOCKET SERVER_END DESCRIPTION: a descriptor in CLOSE
connects_again() {
	tell client again "$1" 127.0.0.1 8080
	tell server accept "$2" l
	moved "$3" <<-END
		CLOSE>SYN_SENT 1
		SYN_SENT>ESTABLISHED 1
		LISTEN>NEW_SYN_RECV 1
		LISTEN>SYN_RECV 1
		SYN_RECV>ESTABLISHED 1
	END
}

plan 27

netns silent
veth "" silent
drop_all to-here silent
set_sysctl net.ipv4.tcp_syn_retries 1
load_module
play client
play server
tell server listen l 127.0.0.1 8080
mark_moves

tell_err client ECONNREFUSED connect c 127.0.0.1 9
moved "refused" <<-END
	CLOSE>SYN_SENT 1
	SYN_SENT>CLOSE 1
END
is "$(kind SYN_SENT CLOSE)" unusual "which is unusual"
is "$(mib TcpAttemptFails)" 1 "the kernel counted a failed attempt"

connects_again c cs "the same descriptor connects to somebody who listens"
gauges_agree "connected at last: the gauges as ss has them"

tell client reset c
moved "the client resets it" <<<"ESTABLISHED>CLOSE 2"
is "$(kind ESTABLISHED CLOSE)" unusual "which is unusual"
is "$(mib TcpEstabResets)" 2 "the kernel counted both ends"
is "$(view sockets | grep -c ' CLOSE ')" 1 "the server still holds its end, in CLOSE"
gauges_agree "reset: the gauges as ss has them, which shows no CLOSE"
tell server close cs
is "$(view sockets | grep -c ' CLOSE ' || :)" 0 "until it lets go"
is "$(moves)" "" "that was its end already"

tell client start t "$(v4 silent "")" 8080
moved "a SYN that nobody answers" <<<"CLOSE>SYN_SENT 1"
is "$(state_col SYN_SENT now) $(ss_count SYN_SENT)" "1 1" "it waits"
tell_err client ETIMEDOUT finish t
moved "and waits in vain" <<<"SYN_SENT>CLOSE 1"
check "for as long as one repetition takes" test "$(state_col SYN_SENT max_us)" -ge 2000000

tell client start u "$(v4 silent "")" 8080
tell client close u
moved "a connect that is abandoned" <<-END
	CLOSE>SYN_SENT 1
	SYN_SENT>CLOSE 1
END

connected d
tell client disconnect d
moved "disconnect: the one resets, the other is reset" <<<"ESTABLISHED>CLOSE 2"
connects_again d e "and its descriptor connects again"

tell client socket r v4
tell client opt r repair 1
tell client again r 127.0.0.1 8080
moved "a restored connection (TCP_REPAIR) needs no handshake" <<-END
	CLOSE>SYN_SENT 1
	SYN_SENT>ESTABLISHED 1
END
gauges_agree "restored: the gauges as ss has them"
tell client close r
moved "and no teardown" <<<"ESTABLISHED>CLOSE 1"

note "three connections that nobody accepts, and the listener goes"
for i in 1 2 3; do
	tell client connect "q$i" 127.0.0.1 8080
done
wait_until 5 equal ss_count ESTABLISHED -- 8
mark_moves
tell server close l
moved "those in its queue are reset" <<-END
	LISTEN>CLOSE 1
	ESTABLISHED>CLOSE 6
END
gauges_agree "the listener is gone: the gauges as ss has them"

dismiss client
dismiss server
wait_until 10 equal self records -- 0
gauges_agree "all is over: the gauges as ss has them"
is "$(view transitions | awk 'NR > 1 && $4 == "impossible"')" "" "nothing impossible happened"
is "$(self events_mismatched)" 0 "and nothing out of turn"
