/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Subscribers to streams of events. A stream is a struct tcpdiag_streamed in the
 * table of subscribe.c; subscriber.c does the rest.
 */
#ifndef TCPDIAG_SUBSCRIBER_H
#define TCPDIAG_SUBSCRIBER_H

#include <linux/types.h>
#include <uapi/linux/tcpdiag.h>

struct net;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;
struct tcpdiag_queue;
struct tcpdiag_quota;
struct tcpdiag_wanted;

/**
 * enum tcpdiag_why - why a subscription ended
 * @TCPDIAG_WHY_ASKED: by request
 * @TCPDIAG_WHY_EVENTS: its quota of events was used up
 * @TCPDIAG_WHY_TIME: its time was over
 * @TCPDIAG_WHY_UNLOADED: the module is unloaded
 */
enum tcpdiag_why {
	TCPDIAG_WHY_ASKED,
	TCPDIAG_WHY_EVENTS,
	TCPDIAG_WHY_TIME,
	TCPDIAG_WHY_UNLOADED,
};

/**
 * struct tcpdiag_streamed - a stream of events
 * @stream: its number in the spec
 * @cmd: command of the messages, the event's in the spec
 * @lost_attr: attribute for what was lost before a message
 * @limited_attr: attribute for what was left out before a message; 0 if it has
 *	no quota
 * @end_cmd: command of the last message; 0 for none
 * @conditions: those that its events can meet, TCPDIAG_WANTED()
 * @quota: who does not say otherwise is sent so much; NULL for no limit
 * @size: bytes of an event, a multiple of 8
 * @room: events that wait for one subscriber at most, a power of 2
 * @begin: called before a subscriber's queue is added: make the source
 *	deliver. 0 or a negative errno
 * @end: called after a subscriber's queue was taken away and nobody puts events
 *	into it any more
 * @put_event: put the attributes of an event into a message. 0 or -EMSGSIZE
 * @put_end: the same for the last message, with what was lost and left out
 *	before it
 *
 * All are called in process context and may sleep; @begin and @end one at a
 * time, with the namespace alive.
 */
struct tcpdiag_streamed {
	enum tcpdiag_stream stream;
	u8 cmd;
	u8 lost_attr;
	u8 limited_attr;
	u8 end_cmd;
	u32 conditions;
	const struct tcpdiag_quota *quota;
	unsigned int size;
	unsigned int room;
	int (*begin)(struct net *net);
	void (*end)(struct net *net);
	int (*put_event)(struct sk_buff *skb, const void *event);
	int (*put_end)(struct sk_buff *skb, enum tcpdiag_why why, u64 lost,
		       u64 limited);
};

/* transition.c */
extern const struct tcpdiag_streamed tcpdiag_streamed_transitions;

/* trace.c */
extern const struct tcpdiag_streamed tcpdiag_streamed_segments;

/* tap.c */
int tcpdiag_tap_begin(struct net *net);
void tcpdiag_tap_end(struct net *net);

/* subscribe.c */
int tcpdiag_netlink_subscribe(const struct tcpdiag_streamed *streamed,
			      const struct sk_buff *request,
			      const struct nlattr *filter,
			      const struct tcpdiag_quota *quota,
			      struct netlink_ext_ack *extack);

/* subscriber.c */
int tcpdiag_subscriber_init(void);
void tcpdiag_subscriber_exit(void);
int tcpdiag_subscriber_add(const struct tcpdiag_streamed *streamed,
			   const struct sk_buff *request,
			   const struct tcpdiag_wanted *wanted,
			   const struct tcpdiag_quota *quota,
			   struct netlink_ext_ack *extack);
int tcpdiag_subscriber_remove(enum tcpdiag_stream stream,
			      const struct sk_buff *request,
			      struct netlink_ext_ack *extack);

#endif /* TCPDIAG_SUBSCRIBER_H */
