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

# Whether a scenario is for a kernel: make test takes those that name it in "kernels",
# make test-all those in "also" too; and those of 6.12 on every later build of Debian's,
# unless "not" names it. usage: scenario_is_for FILE KVER
scenario_is_for() {
	local kernels

	kernels=$(scenario_header "$1" kernels '6.1 6.12 debug')
	if [ -n "${ALL:-}" ]; then
		kernels+=" $(scenario_header "$1" also '')"
		case "$2 $kernels " in
		6.12-deb13*" 6.12 "* | 7.*" 6.12 "*) kernels+=" $2" ;;
		esac
		case " $(scenario_header "$1" not '') " in
		*" $2 "*) return 1 ;;
		esac
	fi
	case " $kernels " in
	*" $2 "*) return 0 ;;
	*) return 1 ;;
	esac
}

# The names of the scenarios for a kernel and a clock.
# usage: scenarios_for DIRECTORY KVER CLOCK
scenarios_for() {
	local file

	for file in "$1"/*.sh; do
		scenario_is_for "$file" "$2" || continue
		case " $(scenario_header "$file" clock smp) " in
		*" $3 "*) basename "$file" .sh ;;
		esac
	done
}
