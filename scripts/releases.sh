# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Other releases of Debian than this machine's: a second configuration of apt that
# leaves the machine's alone, and a folder with a release's compiler, in which modules
# for its kernels are built (scripts/in-release). Sourced by scripts/setup.

# What builds a module for the release's kernels, and their tools.
RELEASE_PACKAGES=(
	base-files bash bc coreutils dash diffutils findutils gzip kmod libc6-dev
	libelf1 make mawk pahole perl-base sed grep xz-utils
)
declare -A RELEASE_COMPILER=([bookworm]=gcc-12 [trixie]=gcc-14)

# Where this machine has a suite from, by its codename or as its sources call it.
archive_of() {
	# shellcheck disable=SC2016 # apt's words
	apt-get indextargets --no-release-info --format '$(COMPONENT) $(RELEASE) $(CODENAME) $(REPO_URI)' \
		'Created-By: Packages' |
		awk -v suite="$1" '$1 == "main" && ($2 == suite || $3 == suite) { print $NF; exit }'
}

# usage: write_sources RELEASE FILE
write_sources() {
	local release=$1 own archive security suite

	own=$(host_release)
	archive=$(archive_of "$own")
	security=$(archive_of "$own-security")
	[ -n "$archive" ] ||
		die "apt has no archive of this machine's release ($own), so it is not known where $release is"
	for suite in "$release" "$release-updates" "$release-backports"; do
		printf 'deb [%s] %s %s main\n' "$SIGNED" "$archive" "$suite"
	done >"$2"
	[ -z "$security" ] ||
		printf 'deb [%s] %s %s main\n' "$SIGNED" "$security" "$release-security" >>"$2"
}
SIGNED=signed-by=/usr/share/keyrings/debian-archive-keyring.gpg

# The words after apt-get or apt-cache that make it one of another release; none for
# the machine's own. usage: use_release RELEASE: sets APT
use_release() {
	local dir=$CACHE/apt/$1

	APT=()
	[ "$1" != "$(host_release)" ] || return 0
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	write_sources "$1" "$dir/sources.list"
	APT=(
		-o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=-
		-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache"
		-o APT::Default-Release= -o Dir::State::status=/dev/null -o "APT::Sandbox::User=$(id -un)"
	)
	compgen -G "$dir/lists/*_Packages*" >/dev/null || refresh_release "$1"
}

refresh_release() {
	say "reading what Debian $1 has"
	quietly apt-get "${APT[@]}" -q -o APT::Update::Error-Mode=any update
}

# Unpacks a release's compiler with all it needs. Nothing in it is installed.
fetch_release() {
	local release=$1 dir=$CACHE/releases/$1 deb

	[ ! -x "$dir/usr/bin/make" ] || return 0
	use_release "$release"
	say "fetching the compiler of Debian $release (not installed, only unpacked into $dir)"
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"
	quietly apt-get "${APT[@]}" -q -y --no-install-recommends --download-only install \
		"${RELEASE_COMPILER[$release]}" "${RELEASE_PACKAGES[@]}"
	for deb in "$CACHE/apt/$release"/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$dir.new"
	done
	# what the package's installation would have done
	ln -s mawk "$dir.new/usr/bin/awk"
	rm "$CACHE/apt/$release"/cache/archives/*.deb
	mv "$dir.new" "$dir"
}
