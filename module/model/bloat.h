/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a connection that sends as fast as it may stands in a queue. Pure
 * functions.
 */
#ifndef TCPDIAG_MODEL_BLOAT_H
#define TCPDIAG_MODEL_BLOAT_H

#include <linux/types.h>

/**
 * enum tcpdiag_bloat - what a look at a connection shows
 * @TCPDIAG_BLOAT_UNKNOWN: it does not send as fast as it may, or what it waits for
 *	may be something else
 * @TCPDIAG_BLOAT_FREE: it does, and no queue stands
 * @TCPDIAG_BLOAT_PATH: it does, and waits in a queue on the way
 * @TCPDIAG_BLOAT_OWN: the same in the queue of the own device
 */
enum tcpdiag_bloat {
	TCPDIAG_BLOAT_UNKNOWN,
	TCPDIAG_BLOAT_FREE,
	TCPDIAG_BLOAT_PATH,
	TCPDIAG_BLOAT_OWN,
};

/**
 * struct tcpdiag_bloat_look - what a socket says, read without its lock
 * @disturbed: a timeout has expired, or segments are lost
 * @packets_out: segments that are not acknowledged
 * @in_flight: bytes in them
 * @notsent: bytes that wait to be sent
 * @room: bytes that the peer has room for
 * @mss: the largest segment
 * @sent_us: how long ago data was last sent
 * @srtt_us: the smoothed round trip
 * @base_us: the shortest round trip; 0 if not known
 * @base_ago_us: how long ago it was
 * @own: bytes that have not left this host, with their overhead
 */
struct tcpdiag_bloat_look {
	bool disturbed;
	u32 packets_out;
	u32 in_flight;
	u32 notsent;
	u32 room;
	u32 mss;
	u64 sent_us;
	u32 srtt_us;
	u32 base_us;
	u64 base_ago_us;
	u32 own;
};

/**
 * struct tcpdiag_bloat_known - the shortest round trip of a path
 * @us: how long it was; 0 if not known
 * @ns: when one hardly longer was last found, ktime_get_ns()
 */
struct tcpdiag_bloat_known {
	u32 us;
	u64 ns;
};

/* Round trips of a path that are kept: enough for a cycle of congestion control. */
#define TCPDIAG_BLOAT_RTTS	32

bool tcpdiag_bloat_is_fresh(const struct tcpdiag_bloat_look *look);
enum tcpdiag_bloat tcpdiag_bloat_judge(const struct tcpdiag_bloat_look *look,
				       u32 known_us);
void tcpdiag_bloat_learn(struct tcpdiag_bloat_known *known,
			 const struct tcpdiag_bloat_look *look, u64 now);
bool tcpdiag_bloat_varies(const u32 *srtt_us, unsigned int n);

#endif /* TCPDIAG_MODEL_BLOAT_H */
