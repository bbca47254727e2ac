# SPDX-License-Identifier: GPL-2.0
#
# What a developer can do here. What is built is said in Kbuild. The targets that
# need packages or test kernels call scripts/setup, which fetches what is missing.

KDIR ?= /lib/modules/$(shell uname -r)/build
KVER ?= 6.12

HOSTCC ?= gcc
HOSTCFLAGS := -O2 -Wall -Wextra -Wno-unused-parameter -D_GNU_SOURCE

TCPPLAY := build/tcpplay
LABFLOWS := build/labflows

.PHONY: modules install demo shell test kunit vm-test check bench lab lab-claims lab-report clean help
.DEFAULT_GOAL := modules

modules: kdir ## build tcpdiag.ko against the running kernel, or KDIR=<headers>
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

install: modules ## install the modules and run depmod (honours INSTALL_MOD_PATH)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	/sbin/depmod $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) "$$(sed -n \
		's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)"

demo: $(TCPPLAY) ## boot a stock kernel in a VM, load the module, show what it sees (TOPIC=handshake|teardown|close-wait|time-wait|ports|pooling|syn-flood)
	@scripts/demo $(TOPIC)

shell: $(TCPPLAY) ## a VM with the module loaded and a shell (KVER=6.1|6.12|debug)
	@scripts/shell $(KVER)

test: ## everything: builds, checks, KUnit and scenarios in VMs
	@scripts/test

kunit: ## only the unit tests, on the debug kernel
	@scripts/test kunit

vm-test: ## one scenario: SCENARIO=<name> KVER=6.1|6.12|debug (all, without SCENARIO)
	@scripts/test vm $(KVER) $(SCENARIO)

check: ## checkpatch, sparse, kernel-doc, shellcheck and house rules
	@scripts/check

bench: $(TCPPLAY) ## what tcpdiag costs, measured in virtual time
	@scripts/bench

lab: $(LABFLOWS) ## measure algorithms in virtual time (ONLY=S1 ALGOS= RUNS= KVER= LAB=all|claims)
	@scripts/setup lab $(KVER)
	@KVER='$(KVER)' ONLY='$(ONLY)' ALGOS='$(ALGOS)' RUNS='$(RUNS)' JOBS='$(JOBS)' \
		LAB='$(LAB)' scripts/lab/lab.py run

lab-claims: ## judge the claims by what make lab has measured (KVER=)
	@KVER='$(if $(filter command% environment%,$(origin KVER)),$(KVER))' scripts/lab/lab.py claims

lab-report: ## write Documentation/results.md from what make lab has measured
	@scripts/setup lab
	@scripts/lab/lab.py report

clean: ## remove what was built here (the cache of kernels and the lab's results stay)
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} +
	find . -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name Module.symvers -o -name modules.order | \
		xargs rm -f

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

# Static, because it runs in VMs whose root is this machine's.
$(TCPPLAY): $(wildcard scripts/vm/tcpplay/*.[ch]) | packages
	@mkdir -p $(@D)
	@$(HOSTCC) $(HOSTCFLAGS) -static -o $@ $(filter %.c,$^)

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
