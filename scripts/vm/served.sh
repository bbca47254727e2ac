# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Time as an idle host would count it, for limits that a busy host must not shorten.
# guest counts; whoever waits reads. Virtual time knows no load: it is its own measure.

# A loop takes 50 ms on an idle host: so much slower is it on this one, at this moment.
# What the clock says is divided by that. usage (in the background): count_served
count_served() {
	local i began now last=${EPOCHREALTIME/[.,]/} loop served=0

	while echo $((served / 1000000)) >/run/served; do
		sleep 2
		began=${EPOCHREALTIME/[.,]/}
		for ((i = 0; i < 625; i++)); do :; done
		now=${EPOCHREALTIME/[.,]/}
		loop=$((now - began > 50000 ? now - began : 50000))
		served=$((served + (now - last) * 50000 / loop))
		last=$now
	done
}

# Sets SERVED: the seconds for which an idle host would have served this VM. They are
# counted every two seconds, and later on a busy host.
served() {
	if [ "$CLOCK" = virtual ]; then
		SERVED=$SECONDS
		return
	fi
	# it has no line yet, or is being written
	# shellcheck disable=SC2034 # read by who waits
	until read -r SERVED </run/served; do
		sleep 0.1
	done 2>/dev/null
}
