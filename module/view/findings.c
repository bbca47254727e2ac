// SPDX-License-Identifier: GPL-2.0
/*
 * The view findings: each finding in full, one row for each part of it
 * (Documentation/findings.md).
 */
#include <linux/kernel.h>

#include "diagnose/diagnosis.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "n", TCPDIAG_KIND_COUNT, TCPDIAG_A_FINDINGS_N },
	{ "severity", TCPDIAG_KIND_WORD, TCPDIAG_A_FINDINGS_SEVERITY },
	{ "code", TCPDIAG_KIND_WORD, TCPDIAG_A_FINDINGS_CODE },
	{ "part", TCPDIAG_KIND_WORD, TCPDIAG_A_FINDINGS_PART },
	{ "text", TCPDIAG_KIND_TEXT, TCPDIAG_A_FINDINGS_TEXT },
};

static const char *const parts[] = {
	"what", "evidence", "application", "host", "no_help",
};

static const char *part_of(const struct tcpdiag_finding *f, unsigned int part)
{
	const char *const text[ARRAY_SIZE(parts)] = {
		f->what, f->evidence, f->application, f->host, f->no_help,
	};

	return text[part];
}

static int freeze_findings(const struct tcpdiag_reader *reader, void *frozen)
{
	struct tcpdiag_diagnosis **d = frozen;

	*d = tcpdiag_diagnose(reader);
	return *d ? 0 : -ENOMEM;
}

static int finding_row(const struct tcpdiag_reader *reader, void *frozen,
		       u64 *pos, struct tcpdiag_row *row)
{
	const struct tcpdiag_diagnosis *d = *(struct tcpdiag_diagnosis **)frozen;
	const struct tcpdiag_findings *findings = &d->findings;

	for (; *pos < findings->n * ARRAY_SIZE(parts); (*pos)++) {
		unsigned int n = (unsigned int)*pos / ARRAY_SIZE(parts);
		unsigned int part = (unsigned int)*pos % ARRAY_SIZE(parts);
		const struct tcpdiag_finding *f = &findings->found[n];
		const char *text = part_of(f, part);

		if (!text || !*text)
			continue;
		tcpdiag_row_value(row, true, n + 1);
		tcpdiag_row_word(row, tcpdiag_findings_severity_name(f->severity));
		tcpdiag_row_word(row, f->code);
		tcpdiag_row_word(row, parts[part]);
		tcpdiag_row_text(row, text);
		return 1;
	}
	return 0;
}

static void thaw_findings(void *frozen)
{
	tcpdiag_diagnosis_put(*(struct tcpdiag_diagnosis **)frozen);
}

const struct tcpdiag_view tcpdiag_view_findings = {
	.name = "findings",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct tcpdiag_diagnosis *),
	.freeze = freeze_findings,
	.row = finding_row,
	.thaw = thaw_findings,
};
