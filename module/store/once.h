/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is allocated when it is first needed, by whoever comes first.
 */
#ifndef TCPDIAG_STORE_ONCE_H
#define TCPDIAG_STORE_ONCE_H

#include <linux/atomic.h>

/**
 * tcpdiag_set_once() - set a pointer, unless somebody else has
 * @slot: the pointer; NULL until it is set. Readers use READ_ONCE()
 * @new: what to set it to; freed if somebody else was first
 * @discard: frees @new
 *
 * Context: as for @discard.
 * Return: what the pointer is set to.
 */
#define tcpdiag_set_once(slot, new, discard)				\
({									\
	typeof(new) _new = (new);					\
	/* pairs with READ_ONCE() of readers */			\
	typeof(new) _old = cmpxchg(slot, NULL, _new);			\
									\
	if (_old)							\
		discard(_new);						\
	_old ?: _new;							\
})

#endif /* TCPDIAG_STORE_ONCE_H */
