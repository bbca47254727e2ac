/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What BBR's model learns of losses and congestion marks. See bbr3_loss.c.
 */
#ifndef TCPDIAG_BBR3_LOSS_H
#define TCPDIAG_BBR3_LOSS_H

#include "bbr3_types.h"

void tcpdiag_bbr3_loss_packet(struct bbr3_model *m, const struct bbr3_ack *a,
			      const struct bbr3_loss *l);
void tcpdiag_bbr3_loss_mark(struct bbr3_model *m, const struct bbr3_ack *a);
void tcpdiag_bbr3_loss_recovery(struct bbr3_model *m, u32 cwnd, bool recovery);
u32 tcpdiag_bbr3_loss_undo(struct bbr3_model *m, const struct bbr3_ack *a);

#endif /* TCPDIAG_BBR3_LOSS_H */
