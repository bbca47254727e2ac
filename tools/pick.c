// SPDX-License-Identifier: GPL-2.0
/*
 * Which columns of a view are shown, and in which order.
 */
#include <string.h>

#include "tool.h"

/*
 * For people: what comes first, because a terminal may have no room for the rest.
 * Columns that are not named here follow in the order of the view.
 */
static const struct {
	const char *view;
	const char *columns;
} first[] = {
	{ "sockets", "state,local,remote,comm,pid,in_state,cc,role,age,uid" },
	{ "close_wait",
	  "n,pid,comm,sockets,suspects,oldest,cause,local_port,remote_port,growth_per_min,fds,fd_limit,fds_full",
	},
	{ "time_wait", "kind,now,pid,comm,local,remote" },
	{ "ports",
	  "local,remote,in_use,capacity,percent,exhausted_in_s,no_port,pid,comm,connects_per_s,time_wait",
	},
	{ "listeners",
	  "local,pid,comm,verdict,accept_now,accept_limit,syn_now,syn_limit,overflows,drops,accept_peak,accept_wait,accepted_per_s",
	},
	{ "handshake", "event,state,reason,count" },
	{ "history", "ago_us,event,severity,code,stood_us,text" },
	{ "resets",
	  "direction,reason,state,comm,pid,local_port,remote,count,per_s,last_ago,lost,idle_min,after_min",
	},
	{ "stalls", "cause,for,comm,pid,local,remote,bytes,tries,next,gives_up" },
	{ "flows",
	  "direction,comm,pid,local_port,remote,connections,live,life,idle_own,idle_peer,idle,peer_window,send_buffer,recovery,timeout,cwnd,in_flight,unknown,worst_blame",
	},
	{ "congestion",
	  "cc,scope,connections,senders,bytes_acked,retrans_ppm,goodput_p50_bps,goodput_p90_bps,min_rtt_p50,inflation_p50_percent,loss_episodes,rtos",
	},
};

/**
 * pick_all() - all columns, in their order
 * @view: the view
 * @pick: set to their places
 *
 * Return: how many.
 */
unsigned int pick_all(const struct view *view, unsigned int *pick)
{
	unsigned int i;

	for (i = 0; i < view->columns; i++)
		pick[i] = i;
	return i;
}

static bool has(const unsigned int *pick, unsigned int n, unsigned int column)
{
	while (n--)
		if (pick[n] == column)
			return true;
	return false;
}

/* Columns by name, with commas between. False if there is no such column. */
static bool add_named(const struct view *view, const char *names,
		      unsigned int *pick, unsigned int *n)
{
	while (*names) {
		size_t len = strcspn(names, ",");
		int i = view_column(view, names, len);

		if (i < 0) {
			usage("%s has no column \"%.*s\"; -o help lists them",
			      view->name, (int)len, names);
			return false;
		}
		if (!has(pick, *n, i))
			pick[(*n)++] = i;
		names += len + (names[len] == ',');
	}
	return true;
}

/**
 * pick_named() - the columns that the user wants
 * @tool: how to run
 * @view: the view
 * @pick: set to their places
 *
 * Return: how many; 0 if there is no such column, which has been said.
 */
unsigned int pick_named(const struct tool *tool, const struct view *view,
			unsigned int *pick)
{
	unsigned int n = 0;

	if (!strcmp(tool->columns, "all"))
		return pick_all(view, pick);
	if (!add_named(view, tool->columns, pick, &n))
		return 0;
	if (!n)
		usage("-o names no column");
	return n;
}

/**
 * pick_for_people() - all columns, the most telling ones first
 * @view: the view
 * @pick: set to their places
 *
 * Return: how many.
 */
unsigned int pick_for_people(const struct view *view, unsigned int *pick)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(first); i++)
		if (!strcmp(first[i].view, view->name))
			add_named(view, first[i].columns, pick, &n);
	for (i = 0; i < view->columns; i++)
		if (!has(pick, n, i))
			pick[n++] = i;
	return n;
}
