// SPDX-License-Identifier: GPL-2.0
/*
 * The view history: the findings that the watch has raised and cleared, oldest
 * first (Documentation/history.md). The position of a row is its number.
 */
#include <linux/errno.h>

#include "diagnose/history.h"
#include "diagnose/stood.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "n", TCPDIAG_KIND_COUNT, TCPDIAG_A_HISTORY_N },
	{ "time_us", TCPDIAG_KIND_US, TCPDIAG_A_HISTORY_TIME_US },
	{ "ago_us", TCPDIAG_KIND_US, TCPDIAG_A_HISTORY_AGO_US },
	{ "event", TCPDIAG_KIND_WORD, TCPDIAG_A_HISTORY_EVENT },
	{ "severity", TCPDIAG_KIND_WORD, TCPDIAG_A_HISTORY_SEVERITY },
	{ "code", TCPDIAG_KIND_WORD, TCPDIAG_A_HISTORY_CODE },
	{ "stood_us", TCPDIAG_KIND_US, TCPDIAG_A_HISTORY_STOOD_US },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_HISTORY_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_HISTORY_COMM },
	{ "port", TCPDIAG_KIND_COUNT, TCPDIAG_A_HISTORY_PORT },
	{ "peer_port", TCPDIAG_KIND_COUNT, TCPDIAG_A_HISTORY_PEER_PORT },
	{ "text", TCPDIAG_KIND_TEXT, TCPDIAG_A_HISTORY_TEXT },
};

/**
 * struct frozen - what is shown
 * @h: the history, or NULL
 * @names: the reader may read names
 * @past: the change of the present row
 */
struct frozen {
	struct tcpdiag_history *h;
	bool names;
	struct tcpdiag_past past;
};

static int freeze_history(const struct tcpdiag_reader *reader, void *data)
{
	struct frozen *frozen = data;

	frozen->h = tcpdiag_stood_history(reader->tn);
	frozen->names = tcpdiag_stood_names(reader);
	return 0;
}

static int history_row(const struct tcpdiag_reader *reader, void *data,
		       u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *frozen = data;
	const struct tcpdiag_past *past = &frozen->past;
	const struct tcpdiag_about *about = &past->about;

	if (!frozen->h || !tcpdiag_history_get(frozen->h, pos, frozen->names,
					       &frozen->past))
		return 0;
	tcpdiag_row_value(row, true, past->n + 1);
	tcpdiag_row_value(row, true, past->time_us);
	tcpdiag_row_value(row, true, past->ago_us);
	tcpdiag_row_word(row, past->event);
	tcpdiag_row_word(row, tcpdiag_findings_severity_name(past->severity));
	tcpdiag_row_word(row, past->code);
	tcpdiag_row_value(row, true, past->stood_us);
	tcpdiag_row_owner(row, &about->owner);
	tcpdiag_row_value(row, about->port, about->port);
	tcpdiag_row_value(row, about->peer_port, about->peer_port);
	tcpdiag_row_text(row, past->what);
	return 1;
}

static u32 history_generation(const struct tcpdiag_reader *reader)
{
	struct tcpdiag_history *h = tcpdiag_stood_history(reader->tn);

	return h ? tcpdiag_history_next(h) + 1 : 1;
}

const struct tcpdiag_view tcpdiag_view_history = {
	.name = "history",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.resumes = true,
	.freeze = freeze_history,
	.row = history_row,
	.generation = history_generation,
};
