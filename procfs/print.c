// SPDX-License-Identifier: GPL-2.0
/*
 * Prints a view's header and rows as text: columns separated by one blank, `-`
 * for a cell without a value (Documentation/abi.md).
 */
#include <linux/netdevice.h>
#include <linux/seq_file.h>
#include <net/ipv6.h>

#include "model/format.h"
#include "procfs/print.h"
#include "store/reader.h"
#include "view/view.h"

/* Whoever made the device named it. */
static void print_device(struct seq_file *seq, struct net *net, int index)
{
	char buf[TCPDIAG_COMM_LEN];
	struct net_device *dev;

	if (!index)
		return;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, index);
	if (dev)
		seq_printf(seq, "%%%s", tcpdiag_format_comm(buf, dev->name));
	rcu_read_unlock();
}

/* As ss does; the wildcard address of both families is `*`. */
static void print_addr(struct seq_file *seq, struct net *net,
		       const struct tcpdiag_end *end)
{
	if (!end->v6)
		seq_printf(seq, "%pI4", &end->addr.s6_addr32[0]);
	else if (ipv6_addr_any(&end->addr) && !end->v6only)
		seq_putc(seq, '*');
	else
		seq_printf(seq, "[%pI6c]", &end->addr);
	print_device(seq, net, end->device);
}

static void print_end(struct seq_file *seq, struct net *net,
		      const struct tcpdiag_end *end)
{
	print_addr(seq, net, end);
	if (end->port)
		seq_put_decimal_ull(seq, ":", end->port);
	else
		seq_puts(seq, ":*");
}

static void print_name(struct seq_file *seq, const char *name)
{
	char buf[TCPDIAG_COMM_LEN];

	seq_puts(seq, tcpdiag_format_comm(buf, name));
}

static void print_times(struct seq_file *seq, const struct tcpdiag_times *times)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		unsigned int state = tcpdiag_fsm_order[i];

		if (!(times->states & BIT(state)))
			continue;
		seq_puts(seq, comma);
		seq_puts(seq, tcpdiag_fsm_state_name(state));
		seq_put_decimal_ull(seq, ":", times->us[state]);
		comma = ",";
	}
}

static void print_tenths(struct seq_file *seq, u64 tenths)
{
	u64 whole = div_u64(tenths, 10);

	seq_put_decimal_ull(seq, "", whole);
	seq_put_decimal_ull(seq, ".", tenths - 10 * whole);
}

static void print_value(struct seq_file *seq, struct net *net,
			enum tcpdiag_kind kind, const struct tcpdiag_cell *cell)
{
	switch (kind) {
	case TCPDIAG_KIND_COUNT:
	case TCPDIAG_KIND_US:
		seq_put_decimal_ull(seq, "", cell->u);
		break;
	case TCPDIAG_KIND_SIGNED:
		seq_put_decimal_ll(seq, "", cell->s);
		break;
	case TCPDIAG_KIND_TENTHS:
		print_tenths(seq, cell->u);
		break;
	case TCPDIAG_KIND_FLAG:
		seq_puts(seq, cell->u ? "yes" : "no");
		break;
	case TCPDIAG_KIND_WORD:
	case TCPDIAG_KIND_TEXT:
		seq_puts(seq, cell->text);
		break;
	case TCPDIAG_KIND_NAME:
		print_name(seq, cell->text);
		break;
	case TCPDIAG_KIND_ADDR:
		print_addr(seq, net, &cell->end);
		break;
	case TCPDIAG_KIND_END:
		print_end(seq, net, &cell->end);
		break;
	case TCPDIAG_KIND_TIMES:
		print_times(seq, cell->times);
		break;
	}
}

/**
 * tcpdiag_print_header() - the names of a view's columns, and why owners are `-`
 * @seq: where to
 * @view: the view
 * @reader: who reads
 *
 * Context: process.
 */
void tcpdiag_print_header(struct seq_file *seq, const struct tcpdiag_view *view,
			  const struct tcpdiag_reader *reader)
{
	unsigned int i;

	seq_putc(seq, '#');
	for (i = 0; i < view->columns; i++) {
		seq_putc(seq, ' ');
		seq_puts(seq, view->column[i].name);
	}
	seq_putc(seq, '\n');
	if (view->owners && !reader->owners)
		seq_puts(seq, "# " TCPDIAG_NO_OWNERS "\n");
}

/**
 * tcpdiag_print_row() - print a row of a view
 * @seq: the file
 * @net: the namespace, for names of devices
 * @row: the row, filled
 *
 * Context: process.
 */
void tcpdiag_print_row(struct seq_file *seq, struct net *net,
		       const struct tcpdiag_row *row)
{
	const struct tcpdiag_view *view = row->view;
	unsigned int i;

	WARN_ON_ONCE(row->n != view->columns);
	for (i = 0; i < row->n; i++) {
		const struct tcpdiag_cell *cell = &row->cell[i];

		if (i)
			seq_putc(seq, ' ');
		if (cell->content == TCPDIAG_CELL_VALUE)
			print_value(seq, net, view->column[i].kind, cell);
		else if (cell->content == TCPDIAG_CELL_WORD)
			seq_puts(seq, cell->text);
		else
			seq_putc(seq, '-');
	}
	seq_putc(seq, '\n');
}
