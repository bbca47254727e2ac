/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPDIAG_REACHED_H
#define TCPDIAG_REACHED_H

/* What the compiler calls at each place; linux/kcov.h has it only with KCOV. */
void __sanitizer_cov_trace_pc(void);

#endif
