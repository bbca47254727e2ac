// SPDX-License-Identifier: GPL-2.0
/*
 * Why an attempt to connect failed (see causes.h). If a SYN was sent, the error
 * that the kernel keeps for the program tells: a failure from outside sets it,
 * one that the program itself causes does not. If none was sent, connect()
 * failed for want of a port, and an error is from before.
 */
#include <linux/errno.h>

#include "model/causes.h"

/**
 * tcpdiag_cause_of() - why an attempt failed
 * @err: the socket's error when it went to CLOSE, positive; 0 for none
 * @syn_sent: this attempt sent a SYN, or was about to
 * @bound: the socket had a local port before connect() was called
 *
 * Context: any.
 * Return: the cause.
 */
enum tcpdiag_cause tcpdiag_cause_of(int err, bool syn_sent, bool bound)
{
	if (!syn_sent)
		return bound ? TCPDIAG_CAUSE_TUPLE_IN_USE :
			       TCPDIAG_CAUSE_NO_PORT;
	switch (err) {
	case 0:
		return TCPDIAG_CAUSE_ABANDONED;
	case ECONNREFUSED:
		return TCPDIAG_CAUSE_REFUSED;
	case ETIMEDOUT:
		return TCPDIAG_CAUSE_TIMED_OUT;
	/* the errors that ICMP codes are mapped to */
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENONET:
	case ENOPROTOOPT:
	case EACCES:
		return TCPDIAG_CAUSE_UNREACHABLE;
	case ECONNRESET:
		return TCPDIAG_CAUSE_RESET;
	case ECONNABORTED:
		return TCPDIAG_CAUSE_KILLED;
	default:
		return TCPDIAG_CAUSE_OTHER;
	}
}
