# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Other releases and architectures of Debian than this machine's: a second configuration
# of apt that leaves the machine's alone; a folder with a release's compiler, in which
# modules for its kernels are built (scripts/in-release); and a folder with programs of
# an architecture, the root of VMs of that. Sourced by scripts/setup.

# What builds a module for the release's kernels, and their tools.
RELEASE_PACKAGES=(
	base-files bash bc coreutils dash diffutils findutils gzip kmod libc6-dev
	libelf1 make mawk pahole perl-base sed sparse grep xz-utils
)
declare -A RELEASE_COMPILER=([bookworm]=gcc-12 [trixie]=gcc-14)

# Where this machine has a suite from, by its codename or as its sources call it.
archive_of() {
	# shellcheck disable=SC2016 # apt's words
	apt-get indextargets --no-release-info --format '$(COMPONENT) $(RELEASE) $(CODENAME) $(REPO_URI)' \
		'Created-By: Packages' |
		awk -v suite="$1" '$1 == "main" && ($2 == suite || $3 == suite) { print $NF; exit }'
}

# The suite beside the release itself that has one of its kernels. A machine made by
# debootstrap has none of these in its list, an image for containers no backports.
declare -A KERNEL_SUITE=(
	[bookworm 6.12]=bookworm-security
	[trixie 7.2]=trixie-backports [trixie 7.3]=trixie-backports
)

# Whether this machine's list does not have where a kernel is. usage: lacks_kernel RELEASE SERIES
lacks_kernel() {
	local suite=${KERNEL_SUITE[$1 $2]:-}

	[ -n "$suite" ] && [ -z "$(archive_of "$suite")" ]
}

# usage: write_sources RELEASE FILE
write_sources() {
	local release=$1 own archive security suite

	own=$(host_release)
	archive=$(archive_of "$own")
	security=$(archive_of "$own-security")
	[ -n "$archive" ] ||
		die "apt has no archive of this machine's release ($own), so it is not known where $release is"
	# where mirrors have it
	[ -n "$security" ] || [ "$own $release" = "trixie trixie" ] || security=${archive%/}-security
	for suite in "$release" "$release-updates" "$release-backports"; do
		printf 'deb [%s] %s %s main\n' "$SIGNED" "$archive" "$suite"
	done >"$2"
	[ -z "$security" ] ||
		printf 'deb [%s] %s %s main\n' "$SIGNED" "$security" "$release-security" >>"$2"
}
SIGNED=signed-by=/usr/share/keyrings/debian-archive-keyring.gpg

# The words after apt-get or apt-cache that make it one of another release or
# architecture; none for the machine's own, unless it lacks the archive of a kernel. Of
# another architecture, packages of amd64 are known too, as NAME:amd64.
# usage: use_release RELEASE [ARCHITECTURE [SERIES]]: sets APT
use_release() {
	local dir=$CACHE/apt/$1${2:+-$2}

	APT=()
	[ "$1${2:-}" != "$(host_release)" ] || lacks_kernel "$1" "${3:-}" || return 0
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	write_sources "$1" "$dir/sources.list"
	APT=(
		-o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=-
		-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache"
		-o APT::Default-Release= -o "Dir::State::status=$dir/status" -o "APT::Sandbox::User=$(id -un)"
	)
	[ -z "${2:-}" ] ||
		APT+=(-o "APT::Architecture=$2" -o "APT::Architectures=$2,amd64")
	compgen -G "$dir/lists/*_Packages*" >/dev/null || refresh_release "$1" "${2:-}"
}

# usage: refresh_release RELEASE [ARCHITECTURE]: with APT set
refresh_release() {
	say "reading what Debian $1 has${2:+ for $2}"
	! quietly apt-get "${APT[@]}" -q -o APT::Update::Error-Mode=any update || return 0
	[ "$1" != "$(host_release)" ] ||
		die "Debian $1 has kernels that tests need in its updates, security and backports archives, and they are not where this machine has $1 from: add them to /etc/apt/sources.list"
	return 1
}

# Unpacks a release's compiler with all it needs. Nothing in it is installed.
fetch_release() {
	local release=$1 dir=$CACHE/releases/$1 deb command

	[ ! -x "$dir/usr/bin/make" ] || return 0
	use_release "$release"
	command=(
		apt-get "${APT[@]}" -q -y --no-install-recommends --download-only
		install "${RELEASE_COMPILER[$release]}" "${RELEASE_PACKAGES[@]}"
	)
	rm -f "$CACHE/apt/$release"/cache/archives/*.deb
	say "fetching the compiler of Debian $release (not installed, only unpacked into $dir)"
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"
	quietly "${command[@]}" ||
		{ refresh_release "$release" && quietly "${command[@]}"; } ||
		die "could not download the compiler of Debian $release"
	for deb in "$CACHE/apt/$release"/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$dir.new"
	done
	# what the package's installation would have done
	ln -s mawk "$dir.new/usr/bin/awk"
	rm "$CACHE/apt/$release"/cache/archives/*.deb
	mv "$dir.new" "$dir"
}

# What scenarios run in a VM of another architecture.
ROOT_PACKAGES=(
	base-files base-passwd bash bsdextrautils bsdutils busybox-static coreutils
	debianutils diffutils findutils grep hostname iperf3 iproute2 kmod libc-bin liblzma5 mawk
	mount ncurses-base nftables procps sed tar tcpdump util-linux
)

# Unpacks programs of another architecture. Nothing in it is installed: what the
# packages' installation would have done is done here, as far as scenarios need it.
# usage: fetch_root ARCHITECTURE
fetch_root() {
	local arch=$1 release dir=$CACHE/roots/$1 archives deb place

	[ ! -x "$dir/usr/bin/bash" ] || return 0
	release=$(host_release)
	archives=$CACHE/apt/$release-$arch/cache/archives
	use_release "$release" "$arch"
	say "fetching programs of $arch for its VMs (not installed, only unpacked into $dir)"
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"/{dev,etc,proc,run,sys,tmp,usr/{bin,lib,sbin},var/{tmp,log}}
	for place in bin lib sbin; do
		ln -s "usr/$place" "$dir.new/$place"
	done
	download_root "$arch"
	for deb in "$archives"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -C "$dir.new" --keep-directory-symlink -x
	done
	rm "$archives"/*.deb
	ln -sf mawk "$dir.new/usr/bin/awk"
	ln -sf bash "$dir.new/usr/bin/sh"
	for place in passwd group; do
		cp "$dir.new/usr/share/base-passwd/$place.master" "$dir.new/etc/$place"
	done
	mv "$dir.new" "$dir"
}

# usage: download_root ARCHITECTURE: with APT set
download_root() {
	local command=(
		apt-get "${APT[@]}" -q -y --no-install-recommends --download-only
		install "${ROOT_PACKAGES[@]}"
	)

	quietly "${command[@]}" ||
		{ refresh_release "$(host_release)" "$1" && quietly "${command[@]}"; } ||
		die "could not download the programs of $1"
}
