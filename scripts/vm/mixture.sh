# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sockets of every kind that a view or a filter tells apart: both families, IPv4 in IPv6,
# a leak, TIME_WAIT, another algorithm, a user and a control group of their own. Sourced
# after lib.sh.

# mixture_begins COMM: two listeners, and a connection with which nothing is wrong
mixture_begins() {
	play server
	play client
	tell server comm "$1"
	tell server listen l 127.0.0.1 8080
	tell server socket m v6
	tell server opt m v6only 0
	tell server bind m :: 8081
	tell server await m
	tell client connect c 127.0.0.1 8080
	tell server accept s l
}

# mixture_goes_on CGROUP: all the others; the last one is of a control group of that name
mixture_goes_on() {
	tell client connect gone 127.0.0.1 8080
	tell server accept left l
	tell client close gone
	tell client connect six ::1 8081
	tell server accept six m
	tell client connect mapped 127.0.0.1 8081
	tell server accept mapped m
	tell client opt six cc reno
	tell client connect early 127.0.0.1 8080
	tell server accept early l
	tell server close early
	tell client close early
	mkdir "/sys/fs/cgroup/$1"
	play grouped
	tell grouped pid >"/sys/fs/cgroup/$1/cgroup.procs"
	tell grouped uid 65534
	tell grouped connect c 127.0.0.1 8080
	tell server accept grouped l
	# until the rate of new connections, which forecasts rest on, is 0
	sleep 12
}
