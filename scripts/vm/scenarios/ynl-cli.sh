#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel tree's own tool, tools/net/ynl/cli.py of 6.12, reads every operation of the
# spec: as many rows as the file of the view has. (The scenario netlink compares cells,
# by the library under that tool.)
# kernels: none
# also: 6.1 6.12
# clock: virtual
# limit: 300
. "$TOP/scripts/vm/lib.sh"
. "$TOP/scripts/vm/netlink.sh"

# cli WORD...: the tool, its answer as JSON
cli() {
	/usr/bin/python3 -B "$scratch/ynl/cli.py" --no-schema --output-json \
		--spec "$scratch/ynl/tcpdiag.yaml" "$@"
}

plan 14

load_module
play server
tell server listen l 127.0.0.1 8080
tell server pairs p 3 l 127.0.0.1 8080
tell server close pc1
tell server connect gone 127.0.0.1 8080
is "$(cli --do get | jq -r '.state[].state' | sort)" "$(awk '!/^#/ { print $1 }' /proc/net/tcpdiag/states | sort)" \
	"get: the states"
for file in /proc/net/tcpdiag/*; do
	view=${file##*/}
	cli --dump "${view//_/-}" >"$scratch/rows"
	is "$(jq length "$scratch/rows")" "$(grep -vc '^#' "$file" || :)" "$view: as many rows as its file"
done
is "$(cli --dump sockets --json '{"filter": {"states": ["listen"], "local-port": 8080}}' | jq length)" \
	"$(ss -Hltn 'sport = :8080' | wc -l)" "sockets with a condition, as ss"
