// SPDX-License-Identifier: GPL-2.0
/*
 * labflows: the seed of chance. Since 6.6 a netem qdisc tells its seed and takes
 * another, with which the same packets meet the same fate. tc of that age cannot
 * say it, so this does, by rtnetlink: what the kernel tells of a qdisc is sent
 * back as a change of it, with the seed in place of the old one.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flows.h"

/* TCA_NETEM_PRNG_SEED, which older headers do not have. */
#define NETEM_SEED	14

#define REPLY_BYTES	(64 << 10)

union reply {
	struct nlmsghdr head;
	char bytes[REPLY_BYTES];
};

static const char *const seeded[] = { "snd", "rtr", "rcv", NULL };

static struct rtattr *find(void *first, int bytes, int type)
{
	struct rtattr *a;

	for (a = first; RTA_OK(a, bytes); a = RTA_NEXT(a, bytes))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

/* Where a qdisc's seed is in what the kernel tells of it; NULL: it has none. */
static void *seed_in(struct nlmsghdr *message)
{
	struct tcmsg *head = NLMSG_DATA(message);
	int bytes = message->nlmsg_len - NLMSG_LENGTH(sizeof(*head));
	struct rtattr *kind = find(TCA_RTA(head), bytes, TCA_KIND);
	struct rtattr *options = find(TCA_RTA(head), bytes, TCA_OPTIONS);
	int fixed = RTA_ALIGN(sizeof(struct tc_netem_qopt));
	struct rtattr *seed;

	if (!kind || strcmp(RTA_DATA(kind), "netem") || !options)
		return NULL;
	seed = find((char *)RTA_DATA(options) + fixed,
		    RTA_PAYLOAD(options) - fixed, NETEM_SEED);
	return seed ? RTA_DATA(seed) : NULL;
}

static void ask(int fd, void *message, int bytes)
{
	if (send(fd, message, bytes, 0) != bytes)
		fatal("rtnetlink");
}

static int answer(int fd, union reply *reply)
{
	int got = recv(fd, reply, sizeof(*reply), 0);

	if (got < 0)
		fatal("rtnetlink");
	return got;
}

static void ask_for_qdiscs(int fd)
{
	struct {
		struct nlmsghdr head;
		struct tcmsg tc;
	} request = {
		.head.nlmsg_len = sizeof(request),
		.head.nlmsg_type = RTM_GETQDISC,
		.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
	};

	ask(fd, &request, sizeof(request));
}

static void change(int fd, struct nlmsghdr *qdisc)
{
	static union reply reply;
	const struct nlmsgerr *error = NLMSG_DATA(&reply.head);

	qdisc->nlmsg_type = RTM_NEWQDISC;
	qdisc->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	ask(fd, qdisc, qdisc->nlmsg_len);
	answer(fd, &reply);
	if (reply.head.nlmsg_type != NLMSG_ERROR || error->error) {
		errno = -error->error;
		fatal("the seed of a qdisc");
	}
}

/* Seeds all of a namespace that take one. Return: how many. */
static int seed_namespace(const char *name, unsigned long long seed)
{
	static union reply qdiscs;
	int fd, change_fd, bytes, n = 0;
	struct nlmsghdr *m;
	bool more = true;
	void *place;

	enter_netns(name);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	change_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0 || change_fd < 0)
		fatal("rtnetlink");
	ask_for_qdiscs(fd);
	while (more) {
		bytes = answer(fd, &qdiscs);
		for (m = &qdiscs.head; NLMSG_OK(m, bytes);
		     m = NLMSG_NEXT(m, bytes)) {
			more = m->nlmsg_type != NLMSG_DONE;
			place = m->nlmsg_type == RTM_NEWQDISC ? seed_in(m)
							      : NULL;
			if (!place)
				continue;
			memcpy(place, &seed, sizeof(seed));
			change(change_fd, m);
			n++;
		}
	}
	close(change_fd);
	close(fd);
	return n;
}

/* Before the run begins. Prints how many qdiscs took the seed. */
void seed_qdiscs(unsigned long long seed)
{
	const char *const *name;
	int n = 0;

	for (name = seeded; *name; name++)
		n += seed_namespace(*name, seed);
	printf("seeded %d\n", n);
}
