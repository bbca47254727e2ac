// SPDX-License-Identifier: GPL-2.0
/*
 * tcpfuzz: the netlink family. Requests whose attributes are missing, short, long,
 * nested wrongly or good; sockets that subscribe, read some and are closed.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "../../../include/uapi/linux/tcpdiag.h"
#include "tcpfuzz.h"

#define REQUEST_BYTES	2048
#define DEPTH		3

/**
 * struct request - a request that is being made
 * @luck: what random numbers are made of, from the bytes of the call
 * @n: bytes used
 * @header: its header
 * @bytes: the message
 */
struct request {
	unsigned int luck;
	unsigned int n;
	union {
		struct nlmsghdr header;
		unsigned char bytes[REQUEST_BYTES];
	};
};

static unsigned char answer[32768];

/* 0 to @below - 1; the same for the same call. */
static unsigned int pick(struct request *r, unsigned int below)
{
	r->luck = r->luck * 1103515245 + 12345;
	return (r->luck >> 16) % below;
}

static int netlink_at(unsigned char slot)
{
	int *fd = &world.netlinks[slot % NETLINKS];
	struct timeval patience = { .tv_sec = 1 };

	if (*fd >= 0)
		return *fd;
	*fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return *fd;
}

static void begin(struct request *r, unsigned int type, unsigned int flags,
		  unsigned int cmd)
{
	struct genlmsghdr *g = (void *)(&r->header + 1);

	memset(r->bytes, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	r->header.nlmsg_type = type;
	r->header.nlmsg_flags = NLM_F_REQUEST | flags;
	g->cmd = cmd;
	g->version = 1;
	r->n = NLMSG_HDRLEN + GENL_HDRLEN;
}

static struct nlattr *put(struct request *r, unsigned int type, const void *data,
			  unsigned int n)
{
	struct nlattr *a = (void *)(r->bytes + r->n);

	if (r->n + NLA_HDRLEN + NLA_ALIGN(n) > REQUEST_BYTES)
		return NULL;
	memset(a, 0, NLA_HDRLEN + NLA_ALIGN(n));
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + n;
	memcpy(a + 1, data, n);
	r->n += NLA_HDRLEN + NLA_ALIGN(n);
	return a;
}

static void send_request(int fd, struct request *r)
{
	r->header.nlmsg_len = r->n;
	send(fd, r->bytes, r->n, 0);
}

/* The number of the family, which the controller tells. */
static unsigned int family(void)
{
	static unsigned int known;
	struct request r = { 0 };
	struct nlattr *a;
	int fd, n;

	if (known)
		return known;
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	begin(&r, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);
	put(&r, CTRL_ATTR_FAMILY_NAME, TCPDIAG_FAMILY_NAME,
	    sizeof(TCPDIAG_FAMILY_NAME));
	send_request(fd, &r);
	n = recv(fd, answer, sizeof(answer), 0);
	close(fd);
	for (a = (void *)(answer + NLMSG_HDRLEN + GENL_HDRLEN);
	     (unsigned char *)(a + 1) < answer + n && a->nla_len >= NLA_HDRLEN;
	     a = (void *)((unsigned char *)a + NLA_ALIGN(a->nla_len)))
		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			known = *(unsigned short *)(a + 1);
	return known;
}

/* A value of a length that some attribute has, or a wrong one. */
static void put_value(struct request *r, unsigned int type)
{
	static const unsigned char lengths[] = { 0, 1, 2, 3, 4, 4, 8, 8, 16, 17, 40 };
	unsigned char value[40];
	unsigned int i;

	for (i = 0; i < sizeof(value); i++)
		value[i] = pick(r, 3) ? pick(r, 4) : pick(r, 256);
	put(r, type, value, lengths[pick(r, sizeof(lengths))]);
}

/* A few attributes, some of which hold others; now and then a length is a lie. */
static void put_attributes(struct request *r, int depth)
{
	unsigned int n = pick(r, 5), type;
	struct nlattr *nest;

	while (n--) {
		type = 1 + pick(r, pick(r, 4) ? 12 : 60);
		if (depth == DEPTH || pick(r, 2)) {
			put_value(r, type);
			continue;
		}
		nest = put(r, type | (pick(r, 8) ? NLA_F_NESTED : 0), "", 0);
		put_attributes(r, depth + 1);
		if (!nest)
			return;
		nest->nla_len = r->bytes + r->n - (unsigned char *)nest;
		if (!pick(r, 16))
			nest->nla_len += pick(r, 64);
	}
}

/* Any operation with any attributes; the answer is left. */
void do_request(const struct call *c)
{
	struct request r = { .luck = c->b << 8 | c->c };
	unsigned int flags = pick(&r, 3) ? NLM_F_DUMP : NLM_F_ACK;

	begin(&r, family(), flags, c->a % (TCPDIAG_CMD_MAX + 2));
	put_attributes(&r, 0);
	send_request(netlink_at(c->a), &r);
}

/* A condition that is good, for those that hardly come by chance. */
static void put_condition(struct request *r, unsigned char which)
{
	unsigned int states = 1 << (1 + which % 12), n = which;
	unsigned short port = 8080 + which % 8;
	unsigned long long us = which;

	switch (which % 6) {
	case 0:
		put(r, TCPDIAG_A_FILTER_STATES, &states, sizeof(states));
		break;
	case 1:
		put(r, TCPDIAG_A_FILTER_LOCAL_PORT, &port, sizeof(port));
		break;
	case 2:
		put(r, TCPDIAG_A_FILTER_MIN_IN_STATE_US, &us, sizeof(us));
		break;
	case 3:
		put(r, TCPDIAG_A_FILTER_UID, &n, sizeof(n));
		break;
	case 4:
		n = getpid();
		put(r, TCPDIAG_A_FILTER_PID, &n, sizeof(n));
		break;
	}
}

void do_subscribe(const struct call *c)
{
	unsigned int stream = TCPDIAG_STREAM_TRANSITIONS;
	struct request r = { 0 };
	struct nlattr *nest;

	begin(&r, family(), NLM_F_ACK,
	      c->b & 128 ? TCPDIAG_CMD_UNSUBSCRIBE : TCPDIAG_CMD_SUBSCRIBE);
	put(&r, TCPDIAG_A_SUBSCRIPTION_STREAM, &stream, sizeof(stream));
	if (c->b < 96) {
		nest = put(&r, TCPDIAG_A_SUBSCRIPTION_FILTER | NLA_F_NESTED, "", 0);
		put_condition(&r, c->b);
		put_condition(&r, c->c);
		nest->nla_len = r.bytes + r.n - (unsigned char *)nest;
	}
	send_request(netlink_at(c->a), &r);
}

/* Its group, whose number is unknown here: a few around the first free ones. */
void do_join(const struct call *c)
{
	int group = 1 + c->b % 24;

	setsockopt(netlink_at(c->a), SOL_NETLINK,
		   c->c & 1 ? NETLINK_DROP_MEMBERSHIP : NETLINK_ADD_MEMBERSHIP,
		   &group, sizeof(group));
}

void do_read_netlink(const struct call *c)
{
	int n = 1 + c->b % 32;

	while (n-- && recv(netlink_at(c->a), answer,
			   c->c & 1 ? sizeof(answer) : 4096, MSG_DONTWAIT) > 0)
		;
}

void do_close_netlink(const struct call *c)
{
	int *fd = &world.netlinks[c->a % NETLINKS];

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
