// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpdiag, the page to read first: findings, then a table of states, then
 * congestion control (Documentation/summary.md).
 */
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <net/tcp.h>

#include "account/account.h"
#include "cc_algos/cc_algos.h"
#include "diagnose/diagnosis.h"
#include "diagnose/elsewhere.h"
#include "diagnose/history.h"
#include "diagnose/stood.h"
#include "model/format.h"
#include "model/hist.h"
#include "procfs/pad.h"
#include "procfs/print.h"
#include "procfs/procfs.h"
#include "procfs/summary_congestion.h"
#include "store/cc.h"
#include "store/net.h"
#include "store/phase.h"
#include "store/reader.h"

/* Findings on the page; /proc/net/tcpdiag/findings has all of them. */
#define FINDINGS	5
/* Those that have ended; /proc/net/tcpdiag/history has the others. */
#define ENDED		3
/* Other namespaces with findings that are named. */
#define ELSEWHERE	4
/* No line is longer than this. */
#define WIDTH		100
/* Before a line that continues the one above: as wide as "    change: ". */
#define INDENT		12
/* Widths as in state_row(). */
#define STATES_HEADER \
	"\nstate           now entered    left      p50      p90      p99      max   oldest\n"

/**
 * struct parts - data that is too large for the stack
 * @hist: stays in one state
 * @past: a finding that has ended
 * @elsewhere: other namespaces with findings
 * @cgroup: path of a cgroup, printable
 * @text: one paragraph
 */
struct parts {
	struct tcpdiag_hist hist;
	struct tcpdiag_past past;
	struct tcpdiag_elsewhere_row elsewhere[ELSEWHERE];
	char cgroup[4 * TCPDIAG_CGROUP_LEN];
	char text[2048];
};

static void title(struct seq_file *seq, struct tcpdiag_net *tn)
{
	char up[TCPDIAG_DURATION_LEN];
	u64 us = div_u64(ktime_get_ns() - tcpdiag_phase_loaded_ns(), NSEC_PER_USEC);

	seq_printf(seq, "tcpdiag %s, loaded %s ago, network namespace %u%s\n",
		   THIS_MODULE->version, tcpdiag_format_duration(up, us),
		   tn->net->ns.inum,
		   net_eq(tn->net, &init_net) ? " (initial)" : "");
}

/*
 * Print a text in lines of at most WIDTH characters. @head begins the first
 * line; the others are indented.
 */
static void show_text(struct seq_file *seq, const char *head, const char *text)
{
	size_t column = strlen(head);

	seq_puts(seq, head);
	while (*text) {
		size_t n = tcpdiag_format_line(text, WIDTH - column);

		seq_printf(seq, "%.*s\n", (int)n, text);
		text = skip_spaces(text + n);
		if (*text)
			seq_printf(seq, "%*s", INDENT, "");
		column = INDENT;
	}
}

/*
 * Print what is wrong, since when, and one change: the one in the program if there
 * is one, else the one on the host. What follows from another finding ends with
 * that one, so it has no change of its own.
 */
static void show_finding(struct seq_file *seq, const struct tcpdiag_finding *f,
			 unsigned int number, char *text, size_t size)
{
	const char *change = *f->application ? f->application : f->host;
	char head[80], ago[TCPDIAG_DURATION_LEN];
	size_t n;

	n = scnprintf(head, sizeof(head), "  %u ", number);
	if (f->because)
		n += scnprintf(head + n, sizeof(head) - n, "because of %u: ",
			       f->because);
	scnprintf(head + n, sizeof(head) - n, "%s %s: ",
		  tcpdiag_findings_severity_name(f->severity), f->code);
	n = scnprintf(text, size, "%s", f->what);
	if (f->since_us)
		scnprintf(text + n, size - n, " (first found %s ago)",
			  tcpdiag_format_duration(ago, f->since_us));
	show_text(seq, head, text);
	if (*change && !f->because)
		show_text(seq, "    change: ", change);
}

static void show_findings(struct seq_file *seq,
			  const struct tcpdiag_findings *findings,
			  struct parts *parts)
{
	unsigned int i, n = min_t(unsigned int, findings->n, FINDINGS);

	if (!n) {
		seq_puts(seq, "\nno findings\n");
		return;
	}
	seq_puts(seq, "\nfindings\n");
	for (i = 0; i < n; i++)
		show_finding(seq, &findings->found[i], i + 1, parts->text,
			     sizeof(parts->text));
	if (findings->total > n)
		seq_printf(seq, "  and %u more: /proc/net/tcpdiag/findings\n",
			   findings->total - n);
	seq_puts(seq,
		 "  more on each: /proc/net/tcpdiag/findings, tcpdiag explain CODE\n");
}

/**
 * struct ending - how what has ended is printed
 * @seq: the file
 * @parts: room for text
 */
struct ending {
	struct seq_file *seq;
	struct parts *parts;
};

static void show_past(void *arg, const struct tcpdiag_past *past)
{
	const struct ending *ending = arg;
	char head[128], ago[TCPDIAG_DURATION_LEN], stood[TCPDIAG_DURATION_LEN];
	char *text = ending->parts->text;

	scnprintf(head, sizeof(head), "  ended %s ago, after %s: %s %s; then it said: ",
		  tcpdiag_format_duration(ago, past->ago_us),
		  tcpdiag_format_duration(stood, past->stood_us),
		  tcpdiag_findings_severity_name(past->severity), past->code);
	scnprintf(text, sizeof(ending->parts->text), "%s", past->what);
	show_text(ending->seq, head, skip_spaces(text));
}

/* What failed in the last hour and is over. */
static void show_ended(struct seq_file *seq,
		       const struct tcpdiag_reader *reader,
		       const struct tcpdiag_findings *present,
		       struct parts *parts)
{
	struct tcpdiag_history *h = tcpdiag_stood_history(reader->tn);
	struct ending ending = { .seq = seq, .parts = parts };
	unsigned int n;

	if (!h)
		return;
	n = tcpdiag_history_ended(h, tcpdiag_stood_names(reader), present,
				  &parts->past, show_past, &ending, ENDED);
	if (n > ENDED)
		seq_printf(seq, "  and %s%u more that ended: /proc/net/tcpdiag/history\n",
			   n == TCPDIAG_ENDED_MAX ? "at least " : "",
			   n - ENDED);
}

/* Whoever made the cgroup named it, with any bytes. */
static void escape_cgroup(struct parts *parts, const char *path)
{
	int n = string_escape_mem(path, strlen(path), parts->cgroup,
				  sizeof(parts->cgroup) - 1,
				  ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND,
				  " \\");

	parts->cgroup[n] = '\0';
}

/* A namespace with findings, and how to read them. */
static void show_namespace(struct seq_file *seq, struct parts *parts,
			   const struct tcpdiag_elsewhere_row *row)
{
	const size_t size = sizeof(parts->text);
	char *text = parts->text;
	char comm[TCPDIAG_COMM_LEN], head[32];
	unsigned int i;
	size_t n = 0;

	escape_cgroup(parts, row->cgroup);
	scnprintf(head, sizeof(head), "  %u: ", row->inum);
	for (i = TCPDIAG_SEVERITIES; i--;)
		if (row->found[i])
			n += scnprintf(text + n, size - n, "%s%u %s",
				       n ? ", " : "", row->found[i],
				       tcpdiag_findings_severity_name(i));
	n += scnprintf(text + n, size - n, " (%s); ", row->code);
	if (!row->pid)
		scnprintf(text + n, size - n,
			  "no process that you can see is in it: stat -c '%%i %%n' /run/netns/* /run/docker/netns/* | grep %u",
			  row->inum);
	else
		scnprintf(text + n, size - n,
			  "nsenter -t %d -n cat /proc/tcpdiag (%s%s%s)",
			  row->pid, tcpdiag_format_comm(comm, row->comm),
			  *row->cgroup ? ", cgroup " : "", parts->cgroup);
	show_text(seq, head, text);
}

static void show_elsewhere(struct seq_file *seq,
			   const struct tcpdiag_reader *reader,
			   struct parts *parts)
{
	unsigned int i, n, all;

	all = tcpdiag_elsewhere_read(reader, parts->elsewhere,
				     ARRAY_SIZE(parts->elsewhere), &n);
	if (!all)
		return;
	seq_printf(seq, "findings in %u other network namespace%s\n", all,
		   tcpdiag_plural(all));
	for (i = 0; i < n; i++)
		show_namespace(seq, parts, &parts->elsewhere[i]);
	if (all > n)
		seq_printf(seq, "  and %u more\n", all - n);
}

static void duration(struct seq_file *seq, bool known, u64 us)
{
	char buf[TCPDIAG_DURATION_LEN];

	tcpdiag_pad_before(seq,
			   known ? tcpdiag_format_duration(buf, us) : "-", 8);
}

static void count(struct seq_file *seq, bool known, u64 n, unsigned int width)
{
	char buf[TCPDIAG_NUMBER_LEN];

	tcpdiag_pad_before(seq, known ? tcpdiag_format_count(buf, n) : "-",
			   width);
}

static void state_row(struct seq_file *seq, const struct tcpdiag_snapshot *snap,
		      const struct tcpdiag_hist *hist, unsigned int state)
{
	bool counted = state != TCP_NEW_SYN_RECV || snap->have_requests;
	u64 us[TCPDIAG_HIST_SHOWN];
	bool stays = hist->count;
	unsigned int i;

	tcpdiag_pad_after(seq, tcpdiag_fsm_state_name(state), 12);
	count(seq, state != TCP_CLOSE, snap->now[state], 6);
	count(seq, counted, snap->entered[state], 7);
	count(seq, counted, snap->left[state], 7);
	tcpdiag_hist_percentiles(hist, tcpdiag_hist_shown, us, ARRAY_SIZE(us));
	for (i = 0; i < ARRAY_SIZE(us); i++)
		duration(seq, stays, us[i]);
	duration(seq, stays, hist->max_us);
	duration(seq, snap->oldest_us[state], snap->oldest_us[state]);
	seq_putc(seq, '\n');
}

static void show_states(struct seq_file *seq, struct tcpdiag_net *tn,
			const struct tcpdiag_snapshot *snap,
			struct tcpdiag_hist *hist)
{
	unsigned int i;

	seq_puts(seq, STATES_HEADER);
	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		tcpdiag_account_read_hist(tn, tcpdiag_fsm_order[i], hist);
		state_row(seq, snap, hist, tcpdiag_fsm_order[i]);
	}
}

static void show_cc(struct seq_file *seq, struct tcpdiag_net *tn,
		    const struct tcpdiag_snapshot *snap, char *text,
		    size_t size)
{
	const struct tcp_congestion_ops *ca;
	const char *separator = " ";
	unsigned int i;
	size_t n;

	rcu_read_lock();
	ca = rcu_dereference(tn->net->ipv4.tcp_congestion_control);
	n = scnprintf(text, size, "default %s; in use:", ca ? ca->name : "-");
	rcu_read_unlock();
	for (i = 0; i < TCPDIAG_CC_SLOTS; i++) {
		if (!snap->cc_live[i])
			continue;
		n += scnprintf(text + n, size - n, "%s%s %llu", separator,
			       tcpdiag_cc_name(i), snap->cc_live[i]);
		separator = ", ";
	}
	n += scnprintf(text + n, size - n, "%s; tcpdiag adds:",
		       *separator == ' ' ? " none" : "");
	for (i = 0; i < tcpdiag_cc_algos_count(); i++)
		n += scnprintf(text + n, size - n, " %s",
			       tcpdiag_cc_algos_name(i));
	seq_putc(seq, '\n');
	show_text(seq, "congestion control: ", text);
}

/**
 * tcpdiag_summary_show() - print the summary
 * @seq: the file
 * @reader: the reader
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_summary_show(struct seq_file *seq,
			 const struct tcpdiag_reader *reader)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_diagnosis *d;
	struct parts *parts;
	int err;

	parts = kmalloc(sizeof(*parts), TCPDIAG_GFP);
	if (!parts)
		return -ENOMEM;
	d = tcpdiag_diagnose(reader);
	if (!d) {
		kfree(parts);
		return -ENOMEM;
	}
	title(seq, tn);
	show_findings(seq, &d->findings, parts);
	show_ended(seq, reader, &d->findings, parts);
	show_elsewhere(seq, reader, parts);
	if (!reader->owners)
		seq_puts(seq, TCPDIAG_NO_OWNERS "\n");
	show_states(seq, tn, &d->facts.snap, &parts->hist);
	show_cc(seq, tn, &d->facts.snap, parts->text, sizeof(parts->text));
	err = tcpdiag_congestion_summary(seq, tn, &d->facts.snap);
	seq_puts(seq, "details: /proc/net/tcpdiag/\n");
	tcpdiag_diagnosis_put(d);
	kfree(parts);
	return err;
}
