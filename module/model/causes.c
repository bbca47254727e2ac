// SPDX-License-Identifier: GPL-2.0
/*
 * Why an attempt to connect failed (see causes.h), from the error that the
 * kernel keeps for the program. A failure from outside sets the error; one that
 * the program itself causes does not.
 */
#include <linux/errno.h>

#include "model/causes.h"

/**
 * tcpdiag_cause_of() - why an attempt failed
 * @err: the socket's error when it went to CLOSE, positive; 0 for none
 * @syn_sent: a SYN had been sent
 *
 * Context: any.
 * Return: the cause.
 */
enum tcpdiag_cause tcpdiag_cause_of(int err, bool syn_sent)
{
	switch (err) {
	case 0:
		return syn_sent ? TCPDIAG_CAUSE_ABANDONED :
				  TCPDIAG_CAUSE_NO_PORT;
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
