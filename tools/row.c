// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a row from a netlink message. What is absent is not known; attributes that
 * this program does not know are skipped, for newer modules have more.
 */
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tcpdiag.h>

#include "row.h"

static const char *get_string(const struct nlattr *attr)
{
	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return NULL;
	return mnl_attr_get_str(attr);
}

static bool set_text(struct cell *cell, enum content content,
		     const struct nlattr *attr)
{
	cell->text = get_string(attr);
	cell->content = content;
	return cell->text;
}

/* A listing has most of them: without the library's calls. */
static bool set_number(struct cell *cell, const struct nlattr *attr)
{
	if (attr->nla_len != MNL_ATTR_HDRLEN + sizeof(cell->u))
		return false;
	memcpy(&cell->u, (const char *)attr + MNL_ATTR_HDRLEN, sizeof(cell->u));
	cell->content = CELL_VALUE;
	return true;
}

static bool set_flag(struct cell *cell, const struct nlattr *attr)
{
	if (mnl_attr_validate(attr, MNL_TYPE_U8) < 0)
		return false;
	cell->u = mnl_attr_get_u8(attr);
	cell->content = CELL_VALUE;
	return true;
}

static bool set_addr(struct end *end, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len != 4 && len != 16)
		return false;
	end->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(end->addr, mnl_attr_get_payload(attr), len);
	return true;
}

static bool set_port(struct end *end, const struct nlattr *attr)
{
	if (mnl_attr_validate(attr, MNL_TYPE_U16) < 0)
		return false;
	end->has_port = true;
	end->port = mnl_attr_get_u16(attr);
	return true;
}

static bool set_device(struct end *end, const struct nlattr *attr)
{
	if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return false;
	end->device = mnl_attr_get_u32(attr);
	return true;
}

static bool set_end_part(struct cell *cell, struct end *end,
			 const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case TCPDIAG_A_END_ADDR:
		return set_addr(end, attr);
	case TCPDIAG_A_END_PORT:
		return set_port(end, attr);
	case TCPDIAG_A_END_DEVICE:
		return set_device(end, attr);
	case TCPDIAG_A_END_V6ONLY:
		end->v6only = true;
		return true;
	case TCPDIAG_A_END_WORD:
		return set_text(cell, CELL_WORD, attr);
	default:
		return true;
	}
}

static bool set_end(struct cell *cell, const struct nlattr *nest)
{
	const struct nlattr *attr;
	struct end end = { 0 };

	mnl_attr_for_each_nested(attr, nest)
		if (!set_end_part(cell, &end, attr))
			return false;
	if (cell->content == CELL_WORD)
		return true;
	cell->end = end;
	cell->content = end.family ? CELL_VALUE : CELL_UNKNOWN;
	return true;
}

/**
 * end_read() - read an end of a connection
 * @end: set to it
 * @nest: its attribute
 *
 * Return: false if it has no address.
 */
bool end_read(struct end *end, const struct nlattr *nest)
{
	struct cell cell = { 0 };

	if (!set_end(&cell, nest) || cell.content != CELL_VALUE)
		return false;
	*end = cell.end;
	return true;
}

/* One more time: there is an attribute for each. */
static bool add_time(struct cell *cell, const struct nlattr *nest)
{
	struct times *times = &cell->times;
	const struct nlattr *attr;
	const char *state = NULL;
	uint64_t us = 0;

	if (cell->content == CELL_UNKNOWN)
		times->n = 0;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == TCPDIAG_A_TIME_STATE)
			state = get_string(attr);
		else if (mnl_attr_get_type(attr) == TCPDIAG_A_TIME_US &&
			 mnl_attr_validate(attr, MNL_TYPE_U64) >= 0)
			us = mnl_attr_get_u64(attr);
	}
	if (!state || times->n == TIMES_MAX)
		return false;
	times->time[times->n].state = state;
	times->time[times->n++].us = us;
	cell->content = CELL_VALUE;
	return true;
}

static bool set_value(struct cell *cell, enum kind kind,
		      const struct nlattr *attr)
{
	switch (kind) {
	case KIND_COUNT:
	case KIND_SIGNED:
	case KIND_US:
	case KIND_TENTHS:
		return set_number(cell, attr);
	case KIND_FLAG:
		return set_flag(cell, attr);
	case KIND_WORD:
	case KIND_NAME:
	case KIND_TEXT:
		return set_text(cell, CELL_VALUE, attr);
	case KIND_END:
		return set_end(cell, attr);
	case KIND_TIMES:
		return add_time(cell, attr);
	}
	return false;
}

/*
 * Attributes come in the order of the columns, so the search begins at @at, where the
 * one before was found.
 */
static bool set_cell(struct row *row, const struct nlattr *attr, unsigned int *at)
{
	uint16_t type = attr->nla_type & NLA_TYPE_MASK;
	unsigned int n = row->view->columns, i;

	for (i = 0; i < n; i++, *at = *at + 1 < n ? *at + 1 : 0) {
		const struct column *column = &row->view->column[*at];

		if (column->attr == type)
			return set_value(&row->cell[*at], column->kind, attr);
		if (column->word == type && type)
			return set_text(&row->cell[*at], CELL_WORD, attr);
	}
	return true;
}

/**
 * row_parse() - read a row
 * @row: the row
 * @view: its view
 * @nlh: the message
 *
 * Return: false if the message is malformed.
 */
bool row_parse(struct row *row, const struct view *view,
	       const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	unsigned int i, at = 0;

	row->view = view;
	for (i = 0; i < view->columns; i++)
		row->cell[i].content = CELL_UNKNOWN;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (!set_cell(row, attr, &at))
			return false;
	return true;
}

static const struct cell *find(const struct row *row, const char *column)
{
	static const struct cell unknown = { .content = CELL_UNKNOWN };
	int i = view_column(row->view, column, strlen(column));

	return i < 0 ? &unknown : &row->cell[i];
}

/**
 * row_known() - whether a cell holds a value
 * @row: the row
 * @column: name of the column
 *
 * Return: false if it holds nothing, or a word in place of a value.
 */
bool row_known(const struct row *row, const char *column)
{
	return find(row, column)->content == CELL_VALUE;
}

/**
 * row_number() - the number in a cell
 * @row: the row
 * @column: name of a column of numbers
 *
 * Return: the number, 0 if it is not known.
 */
uint64_t row_number(const struct row *row, const char *column)
{
	const struct cell *cell = find(row, column);

	return cell->content == CELL_VALUE ? cell->u : 0;
}

/**
 * row_text() - the text in a cell
 * @row: the row
 * @column: name of a column of words, names or sentences, or one that has a word
 *
 * Return: the text, valid as long as the message is; "" if it is not known.
 */
const char *row_text(const struct row *row, const char *column)
{
	int i = view_column(row->view, column, strlen(column));
	const struct cell *cell = find(row, column);

	if (cell->content == CELL_WORD)
		return cell->text;
	if (cell->content != CELL_VALUE)
		return "";
	switch (row->view->column[i].kind) {
	case KIND_WORD:
	case KIND_NAME:
	case KIND_TEXT:
		return cell->text;
	default:
		return "";
	}
}

/**
 * row_has_family() - whether a row is about a family of addresses
 * @row: the row
 * @family: AF_INET or AF_INET6
 *
 * Return: true if its first end that is known is of that family, or none is known.
 */
bool row_has_family(const struct row *row, int family)
{
	unsigned int i;

	for (i = 0; i < row->view->columns; i++)
		if (row->view->column[i].kind == KIND_END &&
		    row->cell[i].content == CELL_VALUE)
			return row->cell[i].end.family == family;
	return true;
}
