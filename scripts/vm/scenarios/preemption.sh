#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Preemption is off in the probes of tracepoints, also where the kernel leaves that
# to them (7.2 and later). The module preemption (scripts/vm/modules) looks.
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# seen WHERE: how often preemption was off there
seen() {
	cat "/sys/module/preemption/parameters/$1"
}

plan 2

load_module
insmod "$TOP/build/vm-modules/$KVER/preemption.ko"
play server
play client
tell server listen l 127.0.0.1 8080
tell client connect c 127.0.0.1 8080
is "$(($(seen in_kernel) >= 0))" 1 "a task connected"
is "$(seen in_probe)" $(($(seen in_kernel) + 1)) "in the probe preemption is off once more"
tell client close c
dismiss client
dismiss server
rmmod preemption
