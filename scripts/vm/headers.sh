# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Reads the opening comments of scenarios: where and how long each runs.
# Sourced by scripts/test on the host and by run-scenarios in the guest.

# usage: scenario_header FILE WORD DEFAULT
scenario_header() {
	local value

	value=$(sed -n "s/^# $2: *//p" "$1" | head -n 1)
	printf '%s\n' "${value:-$3}"
}

# Seconds; with the checkers of the debug kernel five times as many.
scenario_limit() {
	local limit

	limit=$(scenario_header "$1" limit 60)
	case $2 in
	debug | soak) limit=$((limit * 5)) ;;
	esac
	printf '%s\n' "$limit"
}

# How many times slower than an idle one the host runs a VM at the moment, at least 1, by
# a loop that takes 0.4 s there. Virtual time knows no load. usage (in a guest): slowness CLOCK
slowness() {
	local began=${EPOCHREALTIME/[.,]/} i us

	if [ "$1" = virtual ]; then
		echo 1
		return
	fi
	for ((i = 0; i < 5000; i++)); do :; done
	us=$((${EPOCHREALTIME/[.,]/} - began))
	echo $((1 + us / 400000))
}

# The names of the scenarios for a kernel and a clock: those of make test, or with ALL
# in the environment those of make test-all, which have the kernel in "also" too.
# usage: scenarios_for DIRECTORY KVER CLOCK
scenarios_for() {
	local file kernels

	for file in "$1"/*.sh; do
		kernels=$(scenario_header "$file" kernels '6.1 6.12 debug')
		[ -z "${ALL:-}" ] || kernels+=" $(scenario_header "$file" also '')"
		case " $kernels " in
		*" $2 "*) ;;
		*) continue ;;
		esac
		case " $(scenario_header "$file" clock smp) " in
		*" $3 "*) basename "$file" .sh ;;
		esac
	done
}
