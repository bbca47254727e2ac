#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Preemption is off in the probes of tracepoints, also where the kernel leaves that
# to them (7.2 and later). The module entered (scripts/vm/modules) looks.
#
# kernels: 6.1 6.12 7.3
# clock: virtual
# limit: 60
. "$TOP/scripts/vm/lib.sh"

# seen WHAT: what the module has seen
seen() {
	cat "/sys/module/entered/parameters/$1"
}

plan 2

load_module
# what the probe calls for a connect(), before it takes a lock
insmod "$TOP/build/vm-modules/$KVER/entered.ko" function=connect_birth
play server
play client
tell server listen l 127.0.0.1 8080
tell client connect c 127.0.0.1 8080
is "$(seen calls)" 1 "a task connected"
is "$(seen depth)" $(($(seen depth_here) + 1)) "in the probe preemption is off once more than in a task"
tell client close c
dismiss client
dismiss server
rmmod entered
