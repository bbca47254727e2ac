# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scenarios public-* have in common: situations that people reported in public,
# played anew. What an operator reads in each is left in $OUT/situations;
# Documentation/situations.md is made from that.

# shellcheck disable=SC2154 # scratch is lib.sh's

# load_anew: what was counted for the situation before is forgotten
load_anew() {
	unload_module
	load_module
}

# page_of NAME [NETNS]: keeps the page, up to the table of states, and its findings in
# full, and shows the page in the log
page_of() {
	mkdir -p "$OUT/situations"
	summary "${2:-}" | awk '/^state / { exit } NR > 2' >"$scratch/page"
	cp "$scratch/page" "$OUT/situations/$1.page"
	view findings "${2:-}" >"$OUT/situations/$1.findings"
	sed 's/^/#   /' "$scratch/page"
}

# reads WORDS DESCRIPTION: the page that was kept last has the words, which stand in one
# sentence, maybe on several lines
reads() {
	check "$2" grep -qE -e "$1" <<<"$(tr -s '\n\t ' ' ' <"$scratch/page")"
}

# reads_not WORDS DESCRIPTION: it does not have them
reads_not() {
	check_not "$2" grep -qE -e "$1" <<<"$(tr -s '\n\t ' ' ' <"$scratch/page")"
}
