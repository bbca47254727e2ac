# SPDX-License-Identifier: GPL-2.0
#
# What you can do here; "make help" lists it. Kbuild says what is built. The targets
# that need packages or test kernels call scripts/setup, which fetches what is missing.

KDIR ?= /lib/modules/$(shell uname -r)/build
KVER ?= 6.12

HOSTCC ?= gcc
HOSTCFLAGS := -O2 -Wall -Wextra -Wno-unused-parameter -D_GNU_SOURCE

TCPPLAY := build/tcpplay
TCPSOAK := build/tcpsoak
TCPFUZZ := build/tcpfuzz
LABFLOWS := build/labflows

.PHONY: modules install tools install-tools uninstall-tools tools-test test-fleet demo shell test test-all kunit vm-test check bench soak fuzz coverage lab lab-claims lab-report clean help
.DEFAULT_GOAL := modules

modules: kdir ## build tcpdiag.ko for the running kernel (KDIR=<headers of another>)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

install: modules ## build, install below /lib/modules, run depmod; as root (KDIR= INSTALL_MOD_PATH=)
	@KDIR='$(KDIR)' INSTALL_MOD_PATH='$(INSTALL_MOD_PATH)' MAKE='$(MAKE)' scripts/install

tools: ## build the command tcpdiag; needs libmnl-dev
	@$(MAKE) -s -C tools

install-tools: ## install the command, its pages and completion (DESTDIR= PREFIX=/usr/local)
	@$(MAKE) -C tools install

uninstall-tools: ## remove what make install-tools installed (DESTDIR= PREFIX=/usr/local)
	@$(MAKE) -s -C tools uninstall

tools-test: ## test the command without the module
	@scripts/setup promtool
	@$(MAKE) -s -C tools test

demo: $(TCPPLAY) tools ## a quick tour in a VM (TOPIC=handshake|teardown|close-wait|time-wait|ports|pooling|syn-flood|trace|stall|zero-window|nagle|buffers|black-hole: one subject)
	@scripts/demo $(TOPIC)

shell: $(TCPPLAY) ## a shell in a VM with the module loaded (KVER=6.1|6.12|debug; 6.12)
	@scripts/shell $(KVER)

test: ## builds, style checks, unit tests, scenarios in VMs: what every change must pass
	@scripts/test

test-all: ## the same, every scenario on each kernel (6.12-deb13, 7.2, arm64 too), and a table of the kernels
	@scripts/test all

test-fleet: tools $(TCPPLAY) ## Prometheus and node_exporter watch a host in a VM: alerts, dashboards, units (minutes)
	@scripts/fleet

kunit: ## only the unit tests, on the debug kernel
	@scripts/test kunit

vm-test: ## the scenarios on one kernel (KVER=6.1|6.12|7.3|debug|arm64; 6.12), or one of them (SCENARIO=<name>)
	@scripts/test vm $(KVER) $(SCENARIO)

check: ## only the style checks: checkpatch, sparse, kernel-doc, shellcheck, rules of this project
	@scripts/check

bench: $(TCPPLAY) ## what tcpdiag costs, measured in virtual time on both stock kernels
	@scripts/bench

soak: $(TCPPLAY) $(TCPSOAK) ## everything at once, for long, on the debug kernel (MINUTES=30 SEED= CLOCK="turns smp")
	@scripts/soak '$(or $(MINUTES),30)' '$(SEED)' $(CLOCK)

fuzz: $(TCPPLAY) $(TCPFUZZ) ## random calls and reads, guided by coverage (MINUTES=15 SEED= CLOCK=smp, or REPLAY=<file>)
	@scripts/fuzz $(if $(REPLAY),replay '$(REPLAY)','$(or $(MINUTES),15)' '$(SEED)') $(CLOCK)

coverage: $(TCPPLAY) ## which lines of the module the tests run, in percent (SCENARIO=<name>: only that, or kunit)
	@scripts/coverage $(SCENARIO)

lab: $(LABFLOWS) ## measure the algorithms in virtual time (ONLY= ALGOS= RUNS= JOBS= KVER= LAB=all|claims)
	@scripts/setup lab $(KVER)
	@KVER='$(KVER)' ONLY='$(ONLY)' ALGOS='$(ALGOS)' RUNS='$(RUNS)' JOBS='$(JOBS)' \
		LAB='$(LAB)' scripts/lab/lab.py run

lab-claims: ## judge the claims by what "make lab" has measured (KVER=)
	@KVER='$(if $(filter command% environment%,$(origin KVER)),$(KVER))' scripts/lab/lab.py claims

lab-report: ## write Documentation/results.md from what "make lab" has measured
	@scripts/setup lab
	@scripts/lab/lab.py report

clean: ## remove what was built here (the cache of kernels and the results of the lab stay)
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} +
	find . -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name Module.symvers -o -name modules.order | \
		xargs rm -f

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 23

# Static, so that it needs no library in the VM.
$(TCPPLAY): $(wildcard scripts/vm/tcpplay/*.[ch]) | packages
	@mkdir -p $(@D)
	@$(HOSTCC) $(HOSTCFLAGS) -static -o $@ $(filter %.c,$^)

# For VMs of another architecture; scripts/test has called "scripts/setup arm64".
build/programs-arm64/tcpplay: $(wildcard scripts/vm/tcpplay/*.[ch])
	@mkdir -p $(@D)
	@aarch64-linux-gnu-gcc $(HOSTCFLAGS) -static -o $@ $(filter %.c,$^)

$(TCPSOAK): $(wildcard scripts/vm/tcpsoak/*.[ch] scripts/vm/random.[ch]) | packages
	@mkdir -p $(@D)
	@$(HOSTCC) $(HOSTCFLAGS) -static -o $@ $(filter %.c,$^)

$(TCPFUZZ): $(wildcard scripts/vm/tcpfuzz/*.[ch] scripts/vm/random.[ch]) include/uapi/linux/tcpdiag.h | packages
	@mkdir -p $(@D)
	@$(HOSTCC) $(HOSTCFLAGS) -static -pthread -o $@ $(filter %.c,$^)

$(LABFLOWS): $(wildcard scripts/lab/flows/*.[ch]) | packages
	@mkdir -p $(@D)
	@$(HOSTCC) $(HOSTCFLAGS) -static -o $@ $(filter %.c,$^)

.PHONY: packages
packages:
	@scripts/setup

.PHONY: kdir
kdir:
	@test -e $(KDIR)/Makefile || { \
		echo "tcpdiag: no kernel headers in $(KDIR)." >&2; \
		echo "On Debian: apt-get install linux-headers-$$(uname -r)" >&2; \
		echo "or name another kernel's: make KDIR=/usr/src/linux-headers-..." >&2; \
		exit 1; }
