// SPDX-License-Identifier: GPL-2.0
/*
 * Prints cells: as the files under /proc/net/tcpdiag have them, for people, or
 * as JSON.
 */
#include <inttypes.h>
#include <net/if.h>
#include <string.h>

#include "escape.h"
#include "human.h"
#include "json.h"
#include "plain.h"
#include "row.h"

static bool is_any(const struct end *end)
{
	static const uint8_t any[16];

	return !memcmp(end->addr, any, end->family == AF_INET ? 4 : 16);
}

/* Its number if it has gone. */
static void print_device(FILE *out, uint32_t index)
{
	char name[IF_NAMESIZE], escaped[ESCAPE_GROWTH * IF_NAMESIZE + 1];

	if (!if_indextoname(index, name)) {
		print_number(out, index);
		return;
	}
	escape_name(escaped, sizeof(escaped), name);
	print_string(out, escaped);
}

/* As ss does; the wildcard address of both families is `*`. */
static void print_addr(FILE *out, const struct end *end)
{
	char buf[INET6_ADDRSTRLEN];

	address_text(buf, end->family, end->addr);
	if (end->family == AF_INET)
		print_string(out, buf);
	else if (is_any(end) && !end->v6only)
		print_char(out, '*');
	else
		fprintf(out, "[%s]", buf);
	if (end->device) {
		print_char(out, '%');
		print_device(out, end->device);
	}
}

/**
 * end_print() - print an address, and its port if it has one, as ss does
 * @out: where to
 * @end: the address and the port
 */
void end_print(FILE *out, const struct end *end)
{
	print_addr(out, end);
	if (!end->has_port)
		return;
	print_char(out, ':');
	if (end->port)
		print_number(out, end->port);
	else
		print_char(out, '*');
}

static void print_us(FILE *out, uint64_t us, bool human)
{
	char buf[HUMAN_LEN];

	if (human) {
		human_duration(buf, us);
		print_string(out, buf);
	} else {
		print_number(out, us);
	}
}

static void print_times(FILE *out, const struct times *times, bool human)
{
	unsigned int i;

	for (i = 0; i < times->n; i++) {
		if (i)
			print_char(out, ',');
		print_text(out, times->time[i].state);
		print_char(out, ':');
		print_us(out, times->time[i].us, human);
	}
}

static bool is_volume(const struct column *column)
{
	return column->unit && (!strcmp(column->unit, "bytes") ||
				!strcmp(column->unit, "bits per second"));
}

static void print_count(FILE *out, const struct column *column, uint64_t n,
			bool human)
{
	char buf[HUMAN_LEN];

	if (human && is_volume(column)) {
		human_number(buf, n);
		print_string(out, buf);
	} else {
		print_number(out, n);
	}
}

static void print_name(FILE *out, const char *name)
{
	char buf[256];

	escape_name(buf, sizeof(buf), name);
	print_string(out, buf);
}

static void print_value(FILE *out, const struct column *column,
			const struct cell *cell, bool human)
{
	switch (column->kind) {
	case KIND_COUNT:
		print_count(out, column, cell->u, human);
		break;
	case KIND_SIGNED:
		fprintf(out, "%" PRId64, cell->s);
		break;
	case KIND_US:
		print_us(out, cell->u, human);
		break;
	case KIND_TENTHS:
		fprintf(out, "%" PRIu64 ".%" PRIu64, cell->u / 10, cell->u % 10);
		break;
	case KIND_FLAG:
		print_string(out, cell->u ? "yes" : "no");
		break;
	case KIND_WORD:
	case KIND_NAME:
		print_name(out, cell->text);
		break;
	case KIND_TEXT:
		print_text(out, cell->text);
		break;
	case KIND_END:
		end_print(out, &cell->end);
		break;
	case KIND_TIMES:
		print_times(out, &cell->times, human);
		break;
	}
}

/**
 * cell_print() - print a cell as text
 * @out: where to
 * @column: its column
 * @cell: the cell
 * @human: with suitable units; else as in the view's file
 */
void cell_print(FILE *out, const struct column *column,
		const struct cell *cell, bool human)
{
	if (cell->content == CELL_VALUE)
		print_value(out, column, cell, human);
	else if (cell->content == CELL_WORD)
		print_name(out, cell->text);
	else
		print_char(out, '-');
}

static void json_device(struct json *json, uint32_t index)
{
	char name[IF_NAMESIZE];

	json_key(json, "device");
	if (if_indextoname(index, name))
		json_name(json, name);
	else
		json_number(json, index);
}

static void json_end_object(struct json *json, const struct end *end)
{
	char buf[INET6_ADDRSTRLEN];

	address_text(buf, end->family, end->addr);
	json_open(json, '{');
	json_key(json, "addr");
	json_string(json, buf);
	if (end->has_port) {
		json_key(json, "port");
		json_number(json, end->port);
	}
	if (end->device)
		json_device(json, end->device);
	if (end->v6only) {
		json_key(json, "v6only");
		json_word(json, "true");
	}
	json_close(json, '}');
}

static void json_times(struct json *json, const struct times *times)
{
	unsigned int i;

	json_open(json, '{');
	for (i = 0; i < times->n; i++) {
		json_key(json, times->time[i].state);
		json_number(json, times->time[i].us);
	}
	json_close(json, '}');
}

static void json_value(struct json *json, enum kind kind,
		       const struct cell *cell)
{
	switch (kind) {
	case KIND_COUNT:
	case KIND_US:
		json_number(json, cell->u);
		break;
	case KIND_SIGNED:
		json_signed(json, cell->s);
		break;
	case KIND_TENTHS:
		json_tenths(json, cell->u);
		break;
	case KIND_FLAG:
		json_word(json, cell->u ? "true" : "false");
		break;
	case KIND_NAME:
		json_name(json, cell->text);
		break;
	case KIND_WORD:
	case KIND_TEXT:
		json_string(json, cell->text);
		break;
	case KIND_END:
		json_end_object(json, &cell->end);
		break;
	case KIND_TIMES:
		json_times(json, &cell->times);
		break;
	}
}

/**
 * cell_json() - write a cell as JSON; null if it is not known
 * @json: the text
 * @column: its column
 * @cell: the cell
 */
void cell_json(struct json *json, const struct column *column,
	       const struct cell *cell)
{
	if (cell->content == CELL_VALUE)
		json_value(json, column->kind, cell);
	else if (cell->content == CELL_WORD)
		json_string(json, cell->text);
	else
		json_word(json, "null");
}
