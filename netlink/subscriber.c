// SPDX-License-Identifier: GPL-2.0
/*
 * Subscribers: sockets that are sent the events of a stream, one datagram of
 * several messages at a time.
 *
 * A subscription belongs to the socket that asked for it and ends when that
 * socket unsubscribes or is closed, or when the module is unloaded. It does not
 * hold the module. The socket holds its namespace, so no namespace ends while
 * it has subscribers. A stream may have a quota (model/quota.h), at whose end a
 * subscription ends too. Its last message says why it ended.
 *
 * Sources put events into the subscriber's queue (store/queue.h), and a work
 * item takes them out and sends them. A subscriber that does not read loses
 * events, first when its socket's buffer is full, and the next message that it
 * is sent says how many.
 */
#include <linux/cred.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "netlink/netlink.h"
#include "netlink/subscriber.h"
#include "store/net.h"
#include "store/queue.h"

/* Subscriptions in one namespace: each costs time at every event. */
#define SUBSCRIBERS_MAX	8

/**
 * struct missed - events that a subscriber was not sent
 * @lost: they found no room, or memory was short
 * @limited: its quota had no room for them
 */
struct missed {
	u64 lost;
	u64 limited;
};

/**
 * struct subscriber - a subscription
 * @queue: its events
 * @streamed: the stream
 * @net: the namespace
 * @sk: the socket, with a reference
 * @portid: the socket's address
 * @of_gone: link in a list of subscriptions that are being ended
 * @work: sends the events
 * @why: why it ends, once it is taken away
 * @missed: events lost after they were taken out of @queue, and those before
 *	them; the work item's
 */
struct subscriber {
	struct tcpdiag_queue queue;
	const struct tcpdiag_streamed *streamed;
	struct net *net;
	struct sock *sk;
	u32 portid;
	struct list_head of_gone;
	struct work_struct work;
	enum tcpdiag_why why;
	struct missed missed;
};

/* Protects tcpdiag_net.queues of all namespaces. */
static DEFINE_MUTEX(subscribers_mutex);

static void expire(struct work_struct *work);
static DECLARE_DELAYED_WORK(expiry, expire);

static struct subscriber *subscriber_of(struct tcpdiag_queue *q)
{
	return container_of(q, struct subscriber, queue);
}

static void wake(struct tcpdiag_queue *q)
{
	queue_work(tcpdiag_unbound_wq, &subscriber_of(q)->work);
}

static void used_up(struct tcpdiag_queue *q)
{
	mod_delayed_work(tcpdiag_unbound_wq, &expiry, 0);
}

static int put_count(struct sk_buff *skb, u8 attr, u64 count)
{
	return count ? tcpdiag_netlink_put_u64(skb, attr, count) : 0;
}

/* Put one event into a message of its own. */
static int put_message(struct sk_buff *skb, const struct subscriber *s,
		       const struct tcpdiag_queued *queued,
		       const struct missed *before)
{
	const struct tcpdiag_streamed *streamed = s->streamed;
	void *message;

	message = genlmsg_put(skb, 0, 0, &tcpdiag_nl_family, 0, streamed->cmd);
	if (!message)
		return -EMSGSIZE;
	if (put_count(skb, streamed->lost_attr, before->lost) ||
	    put_count(skb, streamed->limited_attr, before->limited) ||
	    streamed->put_event(skb, queued->event)) {
		genlmsg_cancel(skb, message);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, message);
	return 0;
}

static struct missed missed_before(const struct subscriber *s,
				   const struct tcpdiag_queued *queued)
{
	return (struct missed) {
		.lost = s->missed.lost + queued->lost,
		.limited = s->missed.limited + queued->limited,
	};
}

/* Fill a datagram with events; @held: what is lost if it is. */
static void fill(struct sk_buff *skb, struct subscriber *s, struct missed *held)
{
	const struct tcpdiag_queued *queued;

	while ((queued = tcpdiag_queue_first(&s->queue))) {
		struct missed before = missed_before(s, queued);

		if (put_message(skb, s, queued, &before)) {
			if (!WARN_ON_ONCE(!skb->len))
				break;
			s->missed = before;
			s->missed.lost++;
		} else {
			held->lost += before.lost + 1;
			held->limited += before.limited;
			s->missed = (struct missed) {};
		}
		tcpdiag_queue_drop(&s->queue);
	}
}

/* All that waits is lost: memory is short. */
static void drop_all(struct subscriber *s)
{
	const struct tcpdiag_queued *queued;

	while ((queued = tcpdiag_queue_first(&s->queue))) {
		s->missed = missed_before(s, queued);
		s->missed.lost++;
		tcpdiag_queue_drop(&s->queue);
	}
}

/* Once it is closed, its address may belong to another socket. */
static bool is_closed(const struct subscriber *s)
{
	return sock_flag(s->sk, SOCK_DEAD);
}

/*
 * Send a datagram. It takes a while to be filled, and the socket may have been closed
 * meanwhile. False if it is lost.
 */
static bool send_skb(const struct subscriber *s, struct sk_buff *skb)
{
	if (is_closed(s)) {
		kfree_skb(skb);
		return false;
	}
	return genlmsg_unicast(s->net, skb, s->portid) >= 0;
}

/* Send what waits, one datagram of it. */
static void send_some(struct subscriber *s)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL | __GFP_NOWARN);
	struct missed held = {};

	if (!skb || is_closed(s)) {
		kfree_skb(skb);
		drop_all(s);
		return;
	}
	fill(skb, s, &held);
	if (!skb->len) {
		kfree_skb(skb);
	} else if (!send_skb(s, skb)) {
		s->missed.lost += held.lost;
		s->missed.limited += held.limited;
	}
}

/* Nobody puts events into its queue any more, and its work item is idle. */
static int put_end(struct sk_buff *skb, const struct subscriber *s)
{
	void *message;

	message = genlmsg_put(skb, 0, 0, &tcpdiag_nl_family, 0,
			      s->streamed->end_cmd);
	if (!message ||
	    s->streamed->put_end(skb, s->why, s->missed.lost + s->queue.lost,
				 s->missed.limited + s->queue.limited))
		return -EMSGSIZE;
	genlmsg_end(skb, message);
	return 0;
}

/* Send what waits, then the last message. */
static void send_end(struct subscriber *s)
{
	struct sk_buff *skb;

	if (!s->streamed->end_cmd || is_closed(s))
		return;
	while (tcpdiag_queue_first(&s->queue))
		send_some(s);
	skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL | __GFP_NOWARN);
	if (!skb)
		return;
	if (WARN_ON_ONCE(put_end(skb, s)))
		kfree_skb(skb);
	else
		send_skb(s, skb);
}

/* What comes in meanwhile, beyond as much again, waits for the next turn. */
static void send_events(struct work_struct *work)
{
	struct subscriber *s = container_of(work, struct subscriber, work);
	unsigned int end = s->queue.taken + s->streamed->room;

	while (tcpdiag_queue_first(&s->queue)) {
		if ((int)(s->queue.taken - end) >= 0) {
			wake(&s->queue);
			return;
		}
		send_some(s);
		cond_resched();
	}
}

static void subscriber_free(struct subscriber *s)
{
	tcpdiag_queue_free(&s->queue);
	put_user_ns(s->queue.user_ns);
	put_pid_ns(s->queue.pid_ns);
	sock_put(s->sk);
	kfree(s);
}

static struct subscriber *
subscriber_alloc(const struct tcpdiag_streamed *streamed,
		 const struct sk_buff *request,
		 const struct tcpdiag_wanted *wanted,
		 const struct tcpdiag_quota *quota)
{
	struct subscriber *s = kzalloc(sizeof(*s), TCPDIAG_GFP);

	if (!s)
		return NULL;
	if (tcpdiag_queue_init(&s->queue, streamed->size, streamed->room)) {
		kfree(s);
		return NULL;
	}
	s->queue.stream = streamed->stream;
	s->queue.wanted = *wanted;
	s->queue.wake = wake;
	s->queue.used_up = used_up;
	if (quota) {
		s->queue.quota = *quota;
		s->queue.quota.began_ns = ktime_get_ns();
	}
	s->streamed = streamed;
	s->sk = NETLINK_CB(request).sk;
	sock_hold(s->sk);
	s->queue.user_ns = get_user_ns(sk_user_ns(s->sk));
	s->queue.pid_ns = get_pid_ns(task_active_pid_ns(current));
	s->net = sock_net(s->sk);
	s->portid = NETLINK_CB(request).portid;
	INIT_WORK(&s->work, send_events);
	return s;
}

/* Nobody else begins or ends a subscription meanwhile. */
static struct subscriber *find(const struct tcpdiag_net *tn,
			       const struct sock *sk,
			       enum tcpdiag_stream stream)
{
	struct tcpdiag_queue *q;

	lockdep_assert_held(&subscribers_mutex);
	hlist_for_each_entry(q, &tn->queues, of_net)
		if (subscriber_of(q)->sk == sk && q->stream == stream)
			return subscriber_of(q);
	return NULL;
}

static unsigned int count(const struct tcpdiag_net *tn)
{
	struct tcpdiag_queue *q;
	unsigned int n = 0;

	lockdep_assert_held(&subscribers_mutex);
	hlist_for_each_entry(q, &tn->queues, of_net)
		n++;
	return n;
}

static int add(struct tcpdiag_net *tn, struct subscriber *s,
	       struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&subscribers_mutex);
	if (find(tn, s->sk, s->queue.stream)) {
		NL_SET_ERR_MSG(extack,
			       "this socket has subscribed to the stream already");
		return -EEXIST;
	}
	if (count(tn) == SUBSCRIBERS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "the network namespace has 8 subscriptions already");
		return -EBUSY;
	}
	err = s->streamed->begin(s->net);
	if (!err)
		hlist_add_head_rcu(&s->queue.of_net, &tn->queues);
	return err;
}

/**
 * tcpdiag_subscriber_add() - subscribe the sender of a request to a stream
 * @streamed: the stream
 * @request: the request
 * @wanted: conditions that events must meet
 * @quota: how many events it is sent; NULL for no limit
 * @extack: told why not
 *
 * Context: process, the sender's; may sleep.
 * Return: 0; -EEXIST if it has subscribed already, -EBUSY if too many have,
 * -ENOMEM, or what the stream's source says.
 */
int tcpdiag_subscriber_add(const struct tcpdiag_streamed *streamed,
			   const struct sk_buff *request,
			   const struct tcpdiag_wanted *wanted,
			   const struct tcpdiag_quota *quota,
			   struct netlink_ext_ack *extack)
{
	struct tcpdiag_net *tn;
	struct subscriber *s;
	int err;

	s = subscriber_alloc(streamed, request, wanted, quota);

	if (!s)
		return -ENOMEM;
	mutex_lock(&subscribers_mutex);
	tn = tcpdiag_net(s->net);
	err = tn ? add(tn, s, extack) : -ENODEV;
	mutex_unlock(&subscribers_mutex);
	if (err)
		subscriber_free(s);
	else if (quota)
		mod_delayed_work(tcpdiag_unbound_wq, &expiry, 0);
	return err;
}

static void take_away(struct subscriber *s, enum tcpdiag_why why,
		      struct list_head *gone)
{
	lockdep_assert_held(&subscribers_mutex);
	s->why = why;
	hlist_del_rcu(&s->queue.of_net);
	list_add(&s->of_gone, gone);
}

/* End subscriptions that have been taken away. */
static void end(struct list_head *gone)
{
	struct subscriber *s, *next;

	if (list_empty(gone))
		return;
	/* sources may be putting events into their queues */
	synchronize_rcu();
	list_for_each_entry_safe(s, next, gone, of_gone) {
		mutex_lock(&subscribers_mutex);
		s->streamed->end(s->net);
		mutex_unlock(&subscribers_mutex);
		cancel_work_sync(&s->work);
		send_end(s);
		subscriber_free(s);
	}
}

/* Time until a quota of a namespace is over, ns; those that are used up end. */
static u64 expire_of(struct tcpdiag_net *tn, u64 now, struct list_head *gone)
{
	u64 over, next = U64_MAX;
	struct tcpdiag_queue *q;
	struct hlist_node *at;

	lockdep_assert_held(&subscribers_mutex);
	hlist_for_each_entry_safe(q, at, &tn->queues, of_net) {
		switch (tcpdiag_queue_end(q, now)) {
		case TCPDIAG_QUOTA_EVENTS:
			take_away(subscriber_of(q), TCPDIAG_WHY_EVENTS, gone);
			break;
		case TCPDIAG_QUOTA_TIME:
			take_away(subscriber_of(q), TCPDIAG_WHY_TIME, gone);
			break;
		case TCPDIAG_QUOTA_GOES_ON:
			over = q->quota.began_ns + q->quota.time_ns;
			if (q->quota.events)
				next = min(next, over - now);
			break;
		}
	}
	return next;
}

/* End subscriptions whose quotas are used up, and come back for the next. */
static void expire(struct work_struct *work)
{
	u64 now = ktime_get_ns(), next = U64_MAX;
	struct net *net;
	LIST_HEAD(gone);

	tcpdiag_for_each_net(net) {
		struct tcpdiag_net *tn = tcpdiag_net(net);

		if (!tn || hlist_empty(&tn->queues))
			continue;
		mutex_lock(&subscribers_mutex);
		next = min(next, expire_of(tn, now, &gone));
		mutex_unlock(&subscribers_mutex);
	}
	end(&gone);
	if (next != U64_MAX)
		queue_delayed_work(tcpdiag_unbound_wq, &expiry,
				   nsecs_to_jiffies(next) + 1);
}

/**
 * tcpdiag_subscriber_remove() - end the subscription of a request's sender
 * @stream: the stream
 * @request: the request
 * @extack: told what is wrong
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOENT if it has not subscribed.
 */
int tcpdiag_subscriber_remove(enum tcpdiag_stream stream,
			      const struct sk_buff *request,
			      struct netlink_ext_ack *extack)
{
	const struct sock *sk = NETLINK_CB(request).sk;
	struct tcpdiag_net *tn = tcpdiag_net(sock_net(sk));
	struct subscriber *s;
	LIST_HEAD(gone);

	if (!tn)
		return -ENODEV;
	mutex_lock(&subscribers_mutex);
	s = find(tn, sk, stream);
	if (s)
		take_away(s, TCPDIAG_WHY_ASKED, &gone);
	mutex_unlock(&subscribers_mutex);
	if (!s)
		NL_SET_ERR_MSG(extack, "this socket has not subscribed to the stream");
	end(&gone);
	return s ? 0 : -ENOENT;
}

/* End those subscriptions of a namespace whose sockets are closed, or all. */
static void take_away_of(struct tcpdiag_net *tn, bool all,
			 struct list_head *gone)
{
	struct tcpdiag_queue *q;
	struct hlist_node *next;

	mutex_lock(&subscribers_mutex);
	hlist_for_each_entry_safe(q, next, &tn->queues, of_net)
		if (all || is_closed(subscriber_of(q)))
			take_away(subscriber_of(q), TCPDIAG_WHY_UNLOADED,
				  gone);
	mutex_unlock(&subscribers_mutex);
}

/* Any netlink socket of the host is closed. */
static int socket_closed(struct notifier_block *nb, unsigned long event,
			 void *data)
{
	const struct netlink_notify *n = data;
	struct tcpdiag_net *tn;
	LIST_HEAD(gone);

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	tn = tcpdiag_net(n->net);
	/* the socket's own subscription was added before */
	if (!tn || hlist_empty(&tn->queues))
		return NOTIFY_DONE;
	take_away_of(tn, false, &gone);
	end(&gone);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = socket_closed,
};

/**
 * tcpdiag_subscriber_init() - before the family is registered
 *
 * Context: process, may sleep; at load.
 * Return: 0 or a negative errno.
 */
int __init tcpdiag_subscriber_init(void)
{
	return netlink_register_notifier(&notifier);
}

/**
 * tcpdiag_subscriber_exit() - end all subscriptions
 *
 * Call it after the family is unregistered, so that nobody subscribes any more,
 * and before the sources end.
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_subscriber_exit(void)
{
	struct net *net;
	LIST_HEAD(gone);

	netlink_unregister_notifier(&notifier);
	tcpdiag_for_each_net(net) {
		struct tcpdiag_net *tn = tcpdiag_net(net);

		if (tn)
			take_away_of(tn, true, &gone);
	}
	end(&gone);
	cancel_delayed_work_sync(&expiry);
	static_key_deferred_flush(&tcpdiag_queue_transitions);
	/* hooks of Netfilter that are unregistered may still be running */
	synchronize_rcu();
}
