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
struct sk_buff;
struct tcpdiag_queue;
struct tcpdiag_wanted;

/**
 * struct tcpdiag_streamed - a stream of events
 * @stream: its number in the spec
 * @cmd: command of the messages, the event's in the spec
 * @lost_attr: attribute for what was lost before a message
 * @size: bytes of an event, a multiple of 8
 * @room: events that wait for one subscriber at most, a power of 2
 * @begin: called before a subscriber's queue is added: make the source
 *	deliver. 0 or a negative errno
 * @end: called after a subscriber's queue was taken away and nobody puts events
 *	into it any more
 * @put_event: put the attributes of an event into a message. 0 or -EMSGSIZE
 *
 * All are called in process context and may sleep; @begin and @end one at a
 * time, with the namespace alive.
 */
struct tcpdiag_streamed {
	enum tcpdiag_stream stream;
	u8 cmd;
	u8 lost_attr;
	unsigned int size;
	unsigned int room;
	int (*begin)(struct net *net);
	void (*end)(struct net *net);
	int (*put_event)(struct sk_buff *skb, const void *event);
};

/* transition.c */
extern const struct tcpdiag_streamed tcpdiag_streamed_transitions;

/* subscriber.c */
int tcpdiag_subscriber_init(void);
void tcpdiag_subscriber_exit(void);
int tcpdiag_subscriber_add(const struct tcpdiag_streamed *streamed,
			   const struct sk_buff *request,
			   const struct tcpdiag_wanted *wanted,
			   struct netlink_ext_ack *extack);
int tcpdiag_subscriber_remove(enum tcpdiag_stream stream,
			      const struct sk_buff *request,
			      struct netlink_ext_ack *extack);

#endif /* TCPDIAG_SUBSCRIBER_H */
