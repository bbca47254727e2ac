#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Twelve patterns of healthy services at once, for some minutes: whatever they keep open
# or leave half closed, nobody is warned. What is worth a note may be one.
# kernels: 6.1 6.12
# also: debug
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"

# Nothing above a note, of which the page may have some.
calm() {
	local found

	found=$(findings | sed '/^NOTE /d')
	[ -z "$found" ] || note "$(view findings | grep -E ' (what|evidence) ' | grep -v ' NOTE ')"
	is "$found" "" "$1"
}

# service NAME PORT [COMM]: a player that listens there
service() {
	play "$1"
	tell "$1" comm "${3:-$1}"
	tell "$1" socket l v4
	tell "$1" opt l reuseaddr 1
	tell "$1" bind l 127.0.0.1 "$2"
	tell "$1" await l
}

# request SERVICE NAME PORT: connect, and say something that is read
request() {
	tell client connect "$2" 127.0.0.1 "$3"
	tell "$1" accept "$2" l
	tell client send "$2" 100
	tell "$1" recv "$2" 100 >/dev/null
}

plan 15

load_module
play client
service rpc 8001
service batch 8002
service prefork 8003
service activated 8004
service database 8005
service poll 8006
service reload 8009
service forking 8011
service inetd 8012

note "1: requests with the client's side ended, each worked on for minutes"
for i in 1 2 3; do
	request rpc "rpc$i" 8001
	tell client shutdown "rpc$i" wr
done

note "2: a batch is sent, its end too; the answer comes at once"
request batch batch 8002
tell client send batch 1000000
tell client shutdown batch wr
tell batch drain batch >/dev/null
tell batch send batch 1000
is "$(tell client recv batch 1000)" 1000 "the batch is answered"
tell batch close batch
tell client close batch

note "3: a pre-fork server: two processes have the listener, one accepts"
tell prefork heir l >/dev/null
request prefork prefork 8003

note "4: a service manager keeps the listener of a service that it has started"
tell activated heir l as manager >/dev/null
request activated activated 8004

note "5: a pool, of which the server closes what was idle for too long"
tell database pairs pool 10 l 127.0.0.1 8005
for i in 1 2 3 4; do
	tell database close "pools$i"
done

note "6: long polls, one of whose clients goes away"
for i in 1 2 3; do
	request poll "poll$i" 8006
done

note "7 and 10: a CDN's churn, and a job that connects often"
tell client churn 127.0.0.1 8007 300
tell client churn 127.0.0.1 8010 200

note "8: one long flow"
tell client connect flow 127.0.0.1 8002
tell batch accept flow l
ask batch send flow 30000000
tell client take flow 30000000 >/dev/null
answer batch >/dev/null

note "9: a graceful reload: the old one lets go of the port and goes on with its connection"
request reload old 8009
tell reload close l
service reloaded 8009 reload
request reloaded new 8009

# hand_over SERVICE NAME PORT [as HEIR]: a child gets the connection; the client has
# said all
hand_over() {
	local service=$1 name=$2 port=$3

	shift 3
	request "$service" "$name" "$port"
	tell "$service" heir "$name" "$@" >/dev/null
	tell "$service" close "$name"
	tell client shutdown "$name" wr
}

note "11: a child is forked for each connection, and works on it"
hand_over forking fork1 8011
hand_over forking fork2 8011

note "12: inetd, or Accept=yes: a program of another name gets the connection"
hand_over inetd inetd1 8012 as worker
hand_over inetd inetd2 8012 as worker
tell client connect unread 127.0.0.1 8012
tell inetd accept unread l
tell inetd heir unread as worker >/dev/null
tell inetd close unread
tell client send unread 100
tell client shutdown unread wr

calm "when all have begun"
sleep 20
tell client close poll3
calm "after twenty seconds"
sleep 50
check "what is half closed has been so for more than a minute" test "$(state_col CLOSE_WAIT oldest_us)" -gt 60000000
calm "after more than a minute"
for i in 1 2; do
	tell poll send "poll$i" 10
	is "$(tell client recv "poll$i" 10)" 10 "poll $i is answered"
	tell client send "poll$i" 10
	tell poll recv "poll$i" 10 >/dev/null
done
hand_over forking fork3 8011
hand_over inetd inetd3 8012 as worker
sleep 65
calm "a minute after two more were handed over"
sleep 25
calm "after two minutes and a half"
for i in 1 2 3; do
	tell rpc send "rpc$i" 10
	is "$(tell client recv "rpc$i" 10)" 10 "request $i is answered"
	tell rpc close "rpc$i"
	tell client close "rpc$i"
done
tell reload close old
tell client close old
calm "when they are answered"
sleep 10
is "$(ss_count CLOSE_WAIT)" 12 "the pool's four, a poll and what children have are still in CLOSE_WAIT"
calm "at the end"
