# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the host-side scripts share: where the repository and the cache are, how
# to speak to the person who waits, and what a test kernel's directory in the
# cache holds. Sourced, never run.

# shellcheck disable=SC2034 # used by those that source this
# Resolved, so that the path means the same inside a test VM.
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Debian's kernels that tcpdiag is built for and tested on, oldest first; those of them
# that only make test-all knows; and those that are built here, each from
# scripts/vm/NAME.config. A name is the series, with -deb13 for the build of Debian 13
# where this machine's 6.12 may be that of Debian 12.
STOCK_KERNELS=(6.1 6.12 7.3)
MORE_KERNELS=(6.12-deb13 7.2)
BUILT_KERNELS=(debug soak lean)
# Stock kernels of other architectures, named after them: 6.12.
FOREIGN_KERNELS=(arm64)
KERNELS=("${STOCK_KERNELS[@]}" "${MORE_KERNELS[@]}" "${FOREIGN_KERNELS[@]}" "${BUILT_KERNELS[@]}")

say() {
	printf '%s\n' "tcpdiag: $*" >&2
}

die() {
	printf '%s\n' "tcpdiag: error: $*" >&2
	exit 1
}

# Kernels, headers and the debug kernel's build live here, outside of the tree.
cache_dir() {
	local home=${HOME:-}

	if [ -n "${TCPDIAG_CACHE:-}" ]; then
		printf '%s\n' "$TCPDIAG_CACHE"
		return
	fi
	if [ -z "$home" ]; then
		home=$(getent passwd "$(id -u)" | cut -d: -f6)
	fi
	printf '%s\n' "${XDG_CACHE_HOME:-${home:-/var/tmp}/.cache}/tcpdiag"
}

CACHE=$(cache_dir)
mkdir -p "$CACHE" || die "cannot create the cache $CACHE; set TCPDIAG_CACHE to a directory you may write to"
CACHE=$(cd "$CACHE" && pwd -P)

# A test kernel's directory in the cache:
#   abi      its release, as uname -r prints it
#   vmlinuz  what QEMU boots
#   headers  what modules are built against
#   tree     holds lib/modules/ABI, for modprobe -d
kernel_dir() {
	case " ${KERNELS[*]} " in
	*" $1 "*) printf '%s\n' "$CACHE/kernels/$1" ;;
	*) die "no such test kernel: $1 (there are: ${KERNELS[*]})" ;;
	esac
}

# Debian's name for the architecture of a kernel.
kernel_arch() {
	case " ${FOREIGN_KERNELS[*]} " in
	*" $1 "*) printf '%s\n' "$1" ;;
	*) echo amd64 ;;
	esac
}

# The root directory of a kernel's test VMs: programs of its architecture.
kernel_root() {
	case $(kernel_arch "$1") in
	amd64) echo / ;;
	*) printf '%s\n' "$CACHE/roots/$1" ;;
	esac
}

# Where the programs of scenarios are that are built here for it.
kernel_programs() {
	case $(kernel_arch "$1") in
	amd64) printf '%s\n' "$TOP/build" ;;
	*) printf '%s\n' "$TOP/build/programs-$1" ;;
	esac
}

# "6.12": what the kernels' packages are called by.
kernel_series() {
	case " ${FOREIGN_KERNELS[*]} " in
	*" $1 "*) echo 6.12 ;;
	*) printf '%s\n' "${1%-deb*}" ;;
	esac
}

# The release of Debian that a kernel is taken from, and whose compiler builds for it:
# this machine's if it has the kernel, as it has what is built here and arm64's.
kernel_release() {
	case $1 in
	6.1) echo bookworm ;;
	*-deb13 | 7.*) echo trixie ;;
	*) host_release ;;
	esac
}

host_release() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# The kernel whose configuration a built one begins with; nothing if it has its own.
kernel_below() {
	sed -n 's/^# on top of: *//p' "$TOP/scripts/vm/$1.config"
}

# Whether the checkers make it slow: KASAN is among them. usage: slow_kernel NAME
slow_kernel() {
	case $1 in
	debug | soak) return 0 ;;
	*) return 1 ;;
	esac
}

kernel_abi() {
	cat "$(kernel_dir "$1")/abi"
}

# Runs a command under a lock of the cache, so that two set-ups at once do the
# work once. usage: with_lock NAME COMMAND...
with_lock() {
	local name=$1 fd
	shift

	exec {fd}>"$CACHE/$name.lock"
	if ! flock -n "$fd"; then
		say "waiting for another tcpdiag set-up ($name)"
		flock "$fd"
	fi
	"$@"
	exec {fd}>&-
}

# Runs a long command with its output in a log and a line every 15 s that says
# how far it is. usage: with_progress LOG WHAT MEASURE COMMAND...
# MEASURE is a command line that prints the progress made so far.
with_progress() {
	local log=$1 what=$2 measure=$3 began=$SECONDS ticker status=0
	shift 3

	(
		while sleep 15; do
			say "  $what: $((SECONDS - began)) s, $(eval "$measure")"
		done
	) &
	ticker=$!
	"$@" >"$log" 2>&1 || status=$?
	kill "$ticker" 2>/dev/null || :
	wait "$ticker" 2>/dev/null || :
	if [ "$status" -ne 0 ]; then
		tail -n 25 "$log" >&2
		die "$what failed; the whole log is $log"
	fi
	say "  $what: done in $((SECONDS - began)) s"
}
