/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What makes TCP enter the state Loss. The retransmission timer does, through
 * tcp_enter_loss(). But TCP also uses that state to send packets again that
 * were lost for another reason than congestion, and leaves the window as it is:
 *
 *   packets too large for the path     after ICMP said so, or a probe of a
 *                                      larger MTU was lost
 *                                      (tcp_simple_retransmit())
 *   data in a SYN                      that the server did not take
 *                                      (tcp_rcv_fastopen_synack())
 */
#ifndef TCPDIAG_CC_ALGOS_TIMEOUT_H
#define TCPDIAG_CC_ALGOS_TIMEOUT_H

#include <net/tcp.h>

/**
 * tcpdiag_is_timeout() - does the timer make TCP enter Loss?
 * @sk: connection, in set_state() for TCP_CA_Loss
 *
 * Before TCP acts on the retransmission timer it notes that no timer is
 * pending. In the other cases packets are in flight, so one is. The window
 * tells less: after a timeout it is one above what is in flight, but in
 * the other cases it may be too. undo_marker and prior_ssthresh are 0 in the
 * other cases, but also after a timeout while TCP reduces the window for a
 * mark.
 *
 * Context: any; the socket is locked.
 * Return: true for a timeout, which is a sign of congestion.
 */
static inline bool tcpdiag_is_timeout(const struct sock *sk)
{
	return !inet_csk(sk)->icsk_pending;
}

#endif /* TCPDIAG_CC_ALGOS_TIMEOUT_H */
