// SPDX-License-Identifier: GPL-2.0
/*
 * Subscribers: sockets that are sent the events of a stream, one datagram of
 * several messages at a time.
 *
 * A subscription belongs to the socket that asked for it and ends when that
 * socket unsubscribes or is closed, or when the module is unloaded. It does not
 * hold the module. The socket holds its namespace, so no namespace ends while
 * it has subscribers.
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

#include "netlink/netlink.h"
#include "netlink/subscriber.h"
#include "store/net.h"
#include "store/queue.h"

/* Subscriptions in one namespace: each costs time at every event. */
#define SUBSCRIBERS_MAX	8

/**
 * struct subscriber - a subscription
 * @queue: its events
 * @streamed: the stream
 * @net: the namespace
 * @sk: the socket, with a reference
 * @portid: the socket's address
 * @of_gone: link in a list of subscriptions that are being ended
 * @work: sends the events
 * @lost: events lost after they were taken out of @queue; the work item's
 */
struct subscriber {
	struct tcpdiag_queue queue;
	const struct tcpdiag_streamed *streamed;
	struct net *net;
	struct sock *sk;
	u32 portid;
	struct list_head of_gone;
	struct work_struct work;
	u64 lost;
};

/* Protects tcpdiag_net.queues of all namespaces. */
static DEFINE_MUTEX(subscribers_mutex);

static struct subscriber *subscriber_of(struct tcpdiag_queue *q)
{
	return container_of(q, struct subscriber, queue);
}

static void wake(struct tcpdiag_queue *q)
{
	queue_work(system_unbound_wq, &subscriber_of(q)->work);
}

/* Put one event into a message of its own. */
static int put_message(struct sk_buff *skb, const struct subscriber *s,
		       const struct tcpdiag_queued *queued, u64 lost)
{
	void *message;

	message = genlmsg_put(skb, 0, 0, &tcpdiag_nl_family, 0,
			      s->streamed->cmd);
	if (!message)
		return -EMSGSIZE;
	if ((lost && tcpdiag_netlink_put_u64(skb, s->streamed->lost_attr,
					     lost)) ||
	    s->streamed->put_event(skb, queued->event)) {
		genlmsg_cancel(skb, message);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, message);
	return 0;
}

/* Fill a datagram with events; how many are in it or were lost before them. */
static u64 fill(struct sk_buff *skb, struct subscriber *s)
{
	const struct tcpdiag_queued *queued;
	u64 lost, n = 0;

	while ((queued = tcpdiag_queue_first(&s->queue))) {
		lost = s->lost + queued->lost;
		if (put_message(skb, s, queued, lost)) {
			if (!WARN_ON_ONCE(!skb->len))
				break;
			s->lost = lost + 1;
		} else {
			n += lost + 1;
			s->lost = 0;
		}
		tcpdiag_queue_drop(&s->queue);
	}
	return n;
}

/* All that waits is lost: memory is short. */
static void drop_all(struct subscriber *s)
{
	const struct tcpdiag_queued *queued;

	while ((queued = tcpdiag_queue_first(&s->queue))) {
		s->lost += queued->lost + 1;
		tcpdiag_queue_drop(&s->queue);
	}
}

/* Once it is closed, its address may belong to another socket. */
static bool is_closed(const struct subscriber *s)
{
	return sock_flag(s->sk, SOCK_DEAD);
}

/* Send one datagram. */
static void send_some(struct subscriber *s)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL | __GFP_NOWARN);
	u64 n;

	if (!skb || is_closed(s)) {
		kfree_skb(skb);
		drop_all(s);
		return;
	}
	n = fill(skb, s);
	if (!skb->len)
		kfree_skb(skb);
	else if (genlmsg_unicast(s->net, skb, s->portid) < 0)
		s->lost += n;
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
		 const struct tcpdiag_wanted *wanted)
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
 * @extack: told why not
 *
 * Context: process, the sender's; may sleep.
 * Return: 0; -EEXIST if it has subscribed already, -EBUSY if too many have,
 * -ENOMEM, or what the stream's source says.
 */
int tcpdiag_subscriber_add(const struct tcpdiag_streamed *streamed,
			   const struct sk_buff *request,
			   const struct tcpdiag_wanted *wanted,
			   struct netlink_ext_ack *extack)
{
	struct subscriber *s = subscriber_alloc(streamed, request, wanted);
	struct tcpdiag_net *tn;
	int err;

	if (!s)
		return -ENOMEM;
	mutex_lock(&subscribers_mutex);
	tn = tcpdiag_net(s->net);
	err = tn ? add(tn, s, extack) : -ENODEV;
	mutex_unlock(&subscribers_mutex);
	if (err)
		subscriber_free(s);
	return err;
}

static void take_away(struct subscriber *s, struct list_head *gone)
{
	lockdep_assert_held(&subscribers_mutex);
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
		subscriber_free(s);
	}
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
		take_away(s, &gone);
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
			take_away(subscriber_of(q), gone);
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
	static_key_deferred_flush(&tcpdiag_queue_transitions);
}
