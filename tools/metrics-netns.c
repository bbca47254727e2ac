// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics of all network namespaces of the machine, within the same number of series
 * as those of one. Of each namespace sockets by state and findings are read; those
 * with the worst findings, then those with the most sockets, have series of their own,
 * and the others are added up.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "escape.h"
#include "findings.h"
#include "metrics.h"
#include "netns.h"

/* Namespaces with series of their own: each has at most 59, and all find room. */
#define SHOWN_MAX	16
/* Namespaces that are looked at; more are left out, and counted. */
#define LOOKED_MAX	1024

/**
 * enum fate - what became of a namespace
 * @FATE_LEFT_OUT: there are too many
 * @FATE_GONE: it ended before it was looked at
 * @FATE_UNREADABLE: it could not be entered or read
 * @FATE_OTHER: it is added up with others
 * @FATE_SHOWN: it has series of its own
 * @FATES: how many fates there are
 */
enum fate {
	FATE_LEFT_OUT,
	FATE_GONE,
	FATE_UNREADABLE,
	FATE_OTHER,
	FATE_SHOWN,
	FATES,
};

/* In the order of states of the module, with room for more. */
#define STATES_MAX	16
#define SEVERITIES	3

static const char *const severities[SEVERITIES] = { "CRITICAL", "WARNING", "NOTE" };

/**
 * struct counts - what is added up
 * @states: how many states there are
 * @state: their words; those that are not known are left out
 * @now: sockets in each
 * @findings: findings of each severity
 */
struct counts {
	unsigned int states;
	char state[STATES_MAX][32];
	uint64_t now[STATES_MAX];
	uint64_t findings[SEVERITIES];
};

/**
 * struct space - a namespace
 * @netns: where it is
 * @fate: what became of it
 * @sockets: how many it has, listeners left out
 * @counts: what is in it
 */
struct space {
	const struct netns *netns;
	enum fate fate;
	uint64_t sockets;
	struct counts counts;
};

static void add_state(struct counts *counts, const char *state, uint64_t now)
{
	unsigned int i;

	for (i = 0; i < counts->states; i++)
		if (!strcmp(counts->state[i], state))
			break;
	if (i == STATES_MAX)
		return;
	if (i == counts->states)
		snprintf(counts->state[counts->states++], sizeof(counts->state[0]),
			 "%s", state);
	counts->now[i] += now;
}

static void add_counts(struct counts *sum, const struct counts *counts)
{
	unsigned int i;

	for (i = 0; i < counts->states; i++)
		add_state(sum, counts->state[i], counts->now[i]);
	for (i = 0; i < SEVERITIES; i++)
		sum->findings[i] += counts->findings[i];
}

static int count_row(const struct row *row, void *data)
{
	const char *state = row_text(row, "state");
	struct space *space = data;

	if (!row_known(row, "now"))
		return 0;
	add_state(&space->counts, state, row_number(row, "now"));
	if (strcmp(state, "LISTEN"))
		space->sockets += row_number(row, "now");
	return 0;
}

static int read_counts(struct tool *tool, struct space *space)
{
	struct findings findings;
	unsigned int i;
	int err;

	err = nl_dump(&tool->nl, view_find("states"), NULL, count_row, space);
	if (err)
		return err;
	err = findings_read(tool, &findings);
	for (i = 0; i < SEVERITIES && !err; i++)
		space->counts.findings[i] = findings_count(&findings,
							   severities[i]);
	findings_free(&findings);
	return err;
}

/* -ESTALE if the namespace has ended, and another is in its place. */
static int enter(const struct netns *netns)
{
	char path[4096];
	struct stat st;
	int fd, err;

	netns_path(netns, nl_root(), path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH ? -ESTALE : -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else
		err = st.st_ino == netns->inode ? nl_enter(fd) : -ESTALE;
	close(fd);
	return err;
}

/* Enters a namespace and connects to the module there. */
static int connect_in(struct tool *tool, const struct netns *netns)
{
	int err = enter(netns);

	nl_close(&tool->nl);
	return err ? err : nl_open(&tool->nl);
}

static enum fate look(struct tool *tool, struct space *space)
{
	int err = connect_in(tool, space->netns);

	if (!err)
		err = read_counts(tool, space);
	if (!err)
		return FATE_OTHER;
	return err == -ESTALE || err == -ENODEV ? FATE_GONE : FATE_UNREADABLE;
}

/* The worst first, then the largest; those that were not read last. */
static int by_need(const void *a, const void *b)
{
	const struct space *x = a, *y = b;
	unsigned int i;

	if (x->fate != y->fate)
		return x->fate > y->fate ? -1 : 1;
	for (i = 0; i < SEVERITIES - 1; i++)
		if (x->counts.findings[i] != y->counts.findings[i])
			return x->counts.findings[i] > y->counts.findings[i] ?
			       -1 : 1;
	if (x->sockets != y->sockets)
		return x->sockets > y->sockets ? -1 : 1;
	return x->netns->inode < y->netns->inode ? -1 : 1;
}

/* A name that no other namespace can have. */
static void add_name(char *labels, const struct netns *netns)
{
	char name[4 * NETNS_NAME_LEN];

	if (netns->pid == 1)
		snprintf(name, sizeof(name), "init");
	else if (*netns->name && strcmp(netns->name, "init") &&
		 strcmp(netns->name, "other") &&
		 netns->name[strspn(netns->name, "0123456789")])
		escape_utf8(name, sizeof(name), netns->name);
	else
		snprintf(name, sizeof(name), "%llu",
			 (unsigned long long)netns->inode);
	label_add(labels, "netns", name);
}

static void set_prefix(struct reading *r, const struct netns *netns)
{
	*r->prefix = '\0';
	if (netns)
		add_name(r->prefix, netns);
	else
		label_add(r->prefix, "netns", "other");
	label_add(r->prefix, "container", netns ? netns->container : "other");
}

/* Takes back the series of a namespace that could not be read to the end. */
static void show(struct reading *r, struct space *space)
{
	unsigned int n = r->e.n;
	int err = connect_in(r->tool, space->netns);

	set_prefix(r, space->netns);
	r->scope = SCOPE_NETNS;
	if (!err)
		err = metrics_read(r);
	if (!err) {
		space->fate = FATE_SHOWN;
		return;
	}
	r->e.n = n;
	space->fate = err == -ESTALE || err == -ENODEV ? FATE_GONE :
							 FATE_UNREADABLE;
}

/* Gauges only: a counter would fall when a namespace gets series of its own. */
static void add_others(struct reading *r, const struct space *spaces,
		       unsigned int n)
{
	const struct view *states = view_find("states");
	const char *help = states->column[view_column(states, "now", 3)].help;
	struct counts sum = { 0 };
	unsigned int i;

	for (i = 0; i < n; i++)
		if (spaces[i].fate == FATE_OTHER)
			add_counts(&sum, &spaces[i].counts);
	set_prefix(r, NULL);
	for (i = 0; i < sum.states; i++)
		metrics_add_labelled(r, "connections", help, "state",
				     metrics_state_word(sum.state[i]), sum.now[i]);
	for (i = 0; i < SEVERITIES && sum.states; i++)
		metrics_add_severity(r, severities[i], sum.findings[i]);
}

static void add_fates(struct reading *r, const struct netns_list *list,
		      const struct space *spaces)
{
	static const char *const words[FATES] = {
		"left_out", "gone", "unreadable", "other", "shown",
	};
	unsigned int i, count[FATES] = { 0 };

	*r->prefix = '\0';
	for (i = 0; i < list->n; i++)
		count[spaces[i].fate]++;
	for (i = 0; i < FATES; i++)
		metrics_add_labelled(r, "exporter_namespaces",
				     "Network namespaces that were seen, by what became of them.",
				     "fate", words[i], count[i]);
	metrics_add(r, "exporter_namespaces_skipped", TYPE_GAUGE,
		    "Processes and names whose network namespace could not be seen.",
		    list->skipped, 0);
}

static void read_spaces(struct reading *r, struct space *spaces,
			const struct netns_list *list)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		spaces[i].netns = &list->netns[i];
		if (i < LOOKED_MAX)
			spaces[i].fate = look(r->tool, &spaces[i]);
	}
	qsort(spaces, list->n, sizeof(*spaces), by_need);
	for (i = 0; i < list->n && i < SHOWN_MAX; i++)
		if (spaces[i].fate == FATE_OTHER)
			show(r, &spaces[i]);
	add_others(r, spaces, list->n);
	add_fates(r, list, spaces);
	series_gather(&r->e);
}

static int read_list(struct reading *r)
{
	struct netns_list list;
	struct space *spaces;
	int err;

	err = netns_list(&list, nl_root());
	spaces = err ? NULL : calloc(list.n, sizeof(*spaces));
	if (spaces)
		read_spaces(r, spaces, &list);
	else if (!err)
		err = -ENOMEM;
	free(spaces);
	netns_list_free(&list);
	return err;
}

/**
 * metrics_all_netns() - read all network namespaces
 * @r: the reading; its connection is open
 *
 * Return: 0, -EPERM if the caller may not enter namespaces, or another negative errno.
 * The caller is in its own namespace again in any case.
 */
int metrics_all_netns(struct reading *r)
{
	char path[4096];
	int home, err;

	snprintf(path, sizeof(path), "%s/proc/self/ns/net", nl_root());
	home = open(path, O_RDONLY | O_CLOEXEC);
	/* ENOENT would tell that the module is not loaded */
	if (home < 0)
		return errno == ENOENT ? -EIO : -errno;
	r->scope = SCOPE_MACHINE;
	err = nl_enter(home);
	if (!err)
		err = metrics_read(r);
	if (!err)
		err = read_list(r);
	if (!err)
		err = nl_enter(home);
	close(home);
	return err;
}
