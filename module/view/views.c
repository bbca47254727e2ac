// SPDX-License-Identifier: GPL-2.0
/*
 * The table of views, in the order of their files.
 */
#include <linux/stddef.h>

#include "view/view.h"

const struct tcpdiag_view *const tcpdiag_views[] = {
	&tcpdiag_view_states,
	&tcpdiag_view_transitions,
	&tcpdiag_view_histograms,
	&tcpdiag_view_sockets,
	&tcpdiag_view_close_wait,
	&tcpdiag_view_congestion,
	&tcpdiag_view_listeners,
	&tcpdiag_view_handshake,
	&tcpdiag_view_resets,
	&tcpdiag_view_stalls,
	&tcpdiag_view_flows,
	&tcpdiag_view_time_wait,
	&tcpdiag_view_ports,
	&tcpdiag_view_findings,
	&tcpdiag_view_history,
	&tcpdiag_view_self,
	NULL,
};
