// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/findings: all of each finding, a part of it a line
 * (Documentation/findings.md).
 */
#include "diagnose/diagnosis.h"
#include "procfs/procfs.h"
#include "store/reader.h"

static void part(struct seq_file *seq, unsigned int n,
		 const struct tcpdiag_finding *f, const char *name,
		 const char *text)
{
	if (!text || !*text)
		return;
	seq_printf(seq, "%u %s %s %s %s\n", n,
		   tcpdiag_findings_severity_name(f->severity), f->code, name,
		   text);
}

static void show(struct seq_file *seq, unsigned int n,
		 const struct tcpdiag_finding *f)
{
	part(seq, n, f, "what", f->what);
	part(seq, n, f, "evidence", f->evidence);
	part(seq, n, f, "application", f->application);
	part(seq, n, f, "host", f->host);
	part(seq, n, f, "no_help", f->no_help);
}

/**
 * tcpdiag_findings_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_findings_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct tcpdiag_diagnosis *d;
	struct tcpdiag_reader reader;
	unsigned int i;

	tcpdiag_procfs_reader(seq, tn, &reader);
	d = tcpdiag_diagnose(&reader);
	if (!d)
		return -ENOMEM;
	seq_puts(seq, "# n severity code part text\n");
	for (i = 0; i < d->findings.n; i++)
		show(seq, i + 1, &d->findings.found[i]);
	tcpdiag_diagnosis_put(d);
	return 0;
}
