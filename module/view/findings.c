// SPDX-License-Identifier: GPL-2.0
/*
 * The view findings: each finding in full, one row for each part of it
 * (Documentation/findings.md).
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "diagnose/diagnosis.h"
#include "model/format.h"
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
	"what", "because_of", "since", "evidence", "application", "host",
	"no_help",
};

/**
 * struct frozen - what is shown
 * @d: the diagnosis
 * @text: room for a part that is not kept as text
 */
struct frozen {
	struct tcpdiag_diagnosis *d;
	char text[64];
};

static const char *say_because(struct frozen *frozen,
			       const struct tcpdiag_finding *f)
{
	const struct tcpdiag_finding *found = frozen->d->findings.found;

	if (!f->because)
		return NULL;
	scnprintf(frozen->text, sizeof(frozen->text), "%u %s", f->because,
		  found[f->because - 1].code);
	return frozen->text;
}

static const char *say_since(struct frozen *frozen,
			     const struct tcpdiag_finding *f)
{
	char ago[TCPDIAG_DURATION_LEN];

	if (!f->since_us)
		return NULL;
	scnprintf(frozen->text, sizeof(frozen->text), "%s ago",
		  tcpdiag_format_duration(ago, f->since_us));
	return frozen->text;
}

static const char *part_of(struct frozen *frozen,
			   const struct tcpdiag_finding *f, unsigned int part)
{
	switch (part) {
	case 0:
		return f->what;
	case 1:
		return say_because(frozen, f);
	case 2:
		return say_since(frozen, f);
	case 3:
		return f->evidence;
	case 4:
		return f->application;
	case 5:
		return f->host;
	default:
		return f->no_help;
	}
}

static int freeze_findings(const struct tcpdiag_reader *reader, void *data)
{
	struct frozen *frozen = data;

	frozen->d = tcpdiag_diagnose(reader);
	return frozen->d ? 0 : -ENOMEM;
}

static int finding_row(const struct tcpdiag_reader *reader, void *data,
		       u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *frozen = data;
	const struct tcpdiag_findings *findings = &frozen->d->findings;

	for (; *pos < findings->n * ARRAY_SIZE(parts); (*pos)++) {
		unsigned int n = (unsigned int)*pos / ARRAY_SIZE(parts);
		unsigned int part = (unsigned int)*pos % ARRAY_SIZE(parts);
		const struct tcpdiag_finding *f = &findings->found[n];
		const char *text = part_of(frozen, f, part);

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

static void thaw_findings(void *data)
{
	struct frozen *frozen = data;

	tcpdiag_diagnosis_put(frozen->d);
}

const struct tcpdiag_view tcpdiag_view_findings = {
	.name = "findings",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_findings,
	.row = finding_row,
	.thaw = thaw_findings,
};
