// SPDX-License-Identifier: GPL-2.0
/*
 * Talks to the module by generic netlink. A failure is a negative errno, with the
 * kernel's own words for it in nl->reason if it had any.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tcpdiag.h>

#include "escape.h"
#include "filter.h"
#include "nl.h"
#include "row.h"

/* The kernel fills messages of a dump up to 32 KiB. */
#define BUFFER	65536
/* Events that wait while they are drawn, or while this program does not run. */
#define EVENTS	(4 << 20)

/**
 * struct request - a request, and what is done with each message of the answer
 * @nl: the connection
 * @fn: handles a message
 * @data: what @fn gets
 * @event: handles a message that nobody asked for, or NULL
 * @done: the answer is complete
 */
struct request {
	struct nl *nl;
	message_fn fn;
	void *data;
	message_fn event;
	bool done;
};

/* The controller tells all that listen there when a family goes. */
#define CONTROLLER_GROUP	GENL_ID_CTRL

static struct nlmsghdr *prepare(struct nl *nl, char *buf, uint16_t family,
				uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = TCPDIAG_FAMILY_VERSION;
	return nlh;
}

/* The words that follow an error, from @offset on. */
static void keep_reason(struct nl *nl, const struct nlmsghdr *nlh, size_t offset)
{
	const struct nlattr *attr;

	if (nlh->nlmsg_len < NLMSG_HDRLEN + MNL_ALIGN(offset))
		return;
	mnl_attr_for_each(attr, nlh, offset)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			escape_text(nl->reason, sizeof(nl->reason),
				    mnl_attr_get_str(attr));
}

/* An error, or 0 for an acknowledgment. */
static int handle_error(struct request *r, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);

	r->done = true;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += err->msg.nlmsg_len - sizeof(err->msg);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		keep_reason(r->nl, nlh, offset);
	return err->error;
}

/* The end of a dump carries the error that ended it, if any. */
static int handle_done(struct request *r, const struct nlmsghdr *nlh)
{
	const int *err = mnl_nlmsg_get_payload(nlh);

	r->done = true;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return 0;
	if (*err < 0 && nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		keep_reason(r->nl, nlh, sizeof(*err));
	return *err;
}

static int handle_unasked(struct request *r, const struct nlmsghdr *nlh)
{
	if (!r->event || nlh->nlmsg_seq || nlh->nlmsg_type != r->nl->family)
		return 0;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return -EBADMSG;
	return r->event(nlh, r->data);
}

static int handle_message(struct request *r, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_seq != r->nl->seq)
		return handle_unasked(r, nlh);
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		r->nl->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return handle_error(r, nlh);
	if (nlh->nlmsg_type == NLMSG_DONE)
		return handle_done(r, nlh);
	if (!(nlh->nlmsg_flags & NLM_F_MULTI))
		r->done = true;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return -EBADMSG;
	return r->fn(nlh, r->data);
}

static int handle_buffer(struct request *r, const char *buf, int len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	int err = 0;

	while (!err && !r->done && mnl_nlmsg_ok(nlh, len)) {
		err = handle_message(r, nlh);
		nlh = mnl_nlmsg_next(nlh, &len);
	}
	return err;
}

/* Events that found no room are counted in the next one. */
static bool is_passing(const struct request *r, int err)
{
	return err == EINTR || (err == ENOBUFS && r->event);
}

static int receive(struct request *r)
{
	static char buf[BUFFER] __aligned(8);
	ssize_t n = mnl_socket_recvfrom(r->nl->socket, buf, sizeof(buf));

	if (n >= 0)
		return handle_buffer(r, buf, n);
	return is_passing(r, errno) ? 0 : -errno;
}

static int send_request(struct request *r, const struct nlmsghdr *nlh)
{
	*r->nl->reason = '\0';
	if (mnl_socket_sendto(r->nl->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	return 0;
}

static int run(struct request *r, const struct nlmsghdr *nlh)
{
	int err = send_request(r, nlh);

	while (!err && !r->done)
		err = receive(r);
	return err;
}

static bool is_readable(const struct nl *nl)
{
	struct pollfd fd = { .fd = nl_fd(nl), .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

/*
 * A request on a socket that events may have filled: its answer, which the kernel
 * gives before sendto() returns, finds no room then. When the socket has been read
 * empty it is made again; @already is what the kernel says if it was carried out.
 */
static int run_among_events(struct request *r, const struct nlmsghdr *nlh,
			    int already)
{
	bool again = false;
	int err = send_request(r, nlh);

	while (!err && !r->done) {
		if (is_readable(r->nl)) {
			err = receive(r);
		} else {
			again = true;
			err = send_request(r, nlh);
		}
	}
	return again && err == already ? 0 : err;
}

static void set_group(struct nl *nl, const struct nlattr *group)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			name = mnl_attr_get_str(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID &&
			 mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			id = mnl_attr_get_u32(attr);
	}
	if (!strcmp(name, TCPDIAG_MCGRP_FINDINGS))
		nl->findings = id;
}

static void set_groups(struct nl *nl, const struct nlattr *groups)
{
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups)
		set_group(nl, group);
}

static int set_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct nl *nl = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			nl->family = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			set_groups(nl, attr);
	}
	return nl->family ? 0 : -ENOENT;
}

static int find_family(struct nl *nl)
{
	struct request r = { .nl = nl, .fn = set_family, .data = nl };
	char buf[256] __aligned(8);
	struct nlmsghdr *nlh;

	nlh = prepare(nl, buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, TCPDIAG_FAMILY_NAME);
	return run(&r, nlh);
}

/* Older kernels do without. */
static void want_reasons(struct nl *nl)
{
	int on = 1;

	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on,
			      sizeof(on));
}

/**
 * nl_root() - what stands before /proc and /run
 *
 * Return: nothing; tests have a folder of their own.
 */
const char *nl_root(void)
{
	return "";
}

/**
 * nl_enter() - enter a network namespace
 * @fd: its file
 *
 * Return: 0, or a negative errno.
 */
int nl_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

/**
 * nl_open() - connect to the module
 * @nl: the connection, zeroed
 *
 * It shows the network namespace that the caller is in now.
 *
 * Return: 0, -ENOENT if the module is not loaded, or another negative errno;
 * nl_close() is called in any case.
 */
int nl_open(struct nl *nl)
{
	nl->socket = mnl_socket_open(NETLINK_GENERIC);
	if (!nl->socket || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	want_reasons(nl);
	return find_family(nl);
}

/**
 * nl_close() - end a connection
 * @nl: the connection
 */
void nl_close(struct nl *nl)
{
	if (nl->socket)
		mnl_socket_close(nl->socket);
	nl->socket = NULL;
}

/**
 * struct listing - a view that is being read
 * @view: the view
 * @fn: handles a row
 * @data: what @fn gets
 * @row: the present row
 */
struct listing {
	const struct view *view;
	row_fn fn;
	void *data;
	struct row row;
};

static int handle_row(const struct nlmsghdr *nlh, void *data)
{
	struct listing *l = data;

	if (!row_parse(&l->row, l->view, nlh))
		return -EBADMSG;
	return l->fn(&l->row, l->data);
}

/**
 * nl_dump() - read a view
 * @nl: the connection
 * @view: the view
 * @filter: which rows, for the view sockets; NULL for all
 * @fn: handles a row
 * @data: what @fn gets
 *
 * Return: 0, or a negative errno.
 */
int nl_dump(struct nl *nl, const struct view *view, const struct filter *filter,
	    row_fn fn, void *data)
{
	struct listing listing = { .view = view, .fn = fn, .data = data };
	struct request r = { .nl = nl, .fn = handle_row, .data = &listing };
	char buf[1024] __aligned(8);
	struct nlmsghdr *nlh;

	nlh = prepare(nl, buf, nl->family, view->cmd, NLM_F_DUMP);
	if (filter)
		filter_put(nlh, filter);
	return run(&r, nlh);
}

/**
 * nl_get() - read the summary
 * @nl: the connection
 * @fn: handles its message
 * @data: what @fn gets
 *
 * Return: 0, or a negative errno.
 */
int nl_get(struct nl *nl, message_fn fn, void *data)
{
	struct request r = { .nl = nl, .fn = fn, .data = data };
	char buf[256] __aligned(8);

	return run(&r, prepare(nl, buf, nl->family, TCPDIAG_CMD_GET, 0));
}

/**
 * nl_ask() - make a request that is acknowledged
 * @nl: the connection
 * @cmd: its command
 * @put: puts its attributes
 * @words: what @put gets
 * @event: handles events that come before the answer
 * @data: what @event gets
 *
 * Return: 0, or a negative errno.
 */
int nl_ask(struct nl *nl, uint8_t cmd, put_fn put, const void *words,
	   message_fn event, void *data)
{
	struct request r = { .nl = nl, .event = event, .data = data };
	char buf[512] __aligned(8);
	int events = EVENTS;
	struct nlmsghdr *nlh;

	setsockopt(nl_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &events,
		   sizeof(events));
	nlh = prepare(nl, buf, nl->family, cmd, NLM_F_ACK);
	put(nlh, words);
	return run_among_events(&r, nlh, cmd == TCPDIAG_CMD_UNSUBSCRIBE ?
				-ENOENT : -EEXIST);
}

/**
 * nl_fd() - the file descriptor of a connection, for poll()
 * @nl: the connection
 *
 * Return: the descriptor.
 */
int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

/**
 * nl_listen() - take one datagram of events, or wait for one
 * @nl: the connection
 * @event: handles an event
 * @data: what @event gets
 *
 * Return: 0, or a negative errno.
 */
int nl_listen(struct nl *nl, message_fn event, void *data)
{
	struct request r = { .nl = nl, .event = event, .data = data };

	return receive(&r);
}

static int join(struct nl *nl, uint32_t group)
{
	if (mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		return -errno;
	return 0;
}

/**
 * nl_join_findings() - ask for events about findings; see nl_events()
 * @nl: the connection
 *
 * Return: 0, or a negative errno.
 */
int nl_join_findings(struct nl *nl)
{
	if (!nl->findings)
		return -EOPNOTSUPP;
	return join(nl, nl->findings);
}

/**
 * nl_subscribe() - ask for the events of a stream; see nl_events()
 * @nl: the connection
 * @stream: the stream, enum tcpdiag_stream
 * @filter: which events
 *
 * What the kernel says of it comes with the events.
 *
 * Return: 0, or a negative errno.
 */
int nl_subscribe(struct nl *nl, uint32_t stream, const struct filter *filter)
{
	char buf[1024] __aligned(8);
	struct nlmsghdr *nlh;

	nlh = prepare(nl, buf, nl->family, TCPDIAG_CMD_SUBSCRIBE, NLM_F_ACK);
	mnl_attr_put_u32(nlh, TCPDIAG_A_SUBSCRIPTION_STREAM, stream);
	filter_put_nest(nlh, TCPDIAG_A_SUBSCRIPTION_FILTER, filter);
	*nl->reason = '\0';
	return mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

/* Whether a message of the controller says that our family goes. */
static bool is_farewell(const struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != GENL_ID_CTRL || genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			return mnl_attr_get_u16(attr) == nl->family;
	return false;
}

static int handle_event(struct listing *l, struct nl *nl,
			const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct request r = { .nl = nl };

	if (nlh->nlmsg_type == NLMSG_ERROR)
		return handle_error(&r, nlh);
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return -EBADMSG;
	if (is_farewell(nl, nlh))
		return -ENOENT;
	if (nlh->nlmsg_type != nl->family || genl->cmd != l->view->cmd)
		return 0;
	return handle_row(nlh, l);
}

static int handle_events(struct listing *l, struct nl *nl)
{
	static char buf[BUFFER] __aligned(8);
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	ssize_t n = mnl_socket_recvfrom(nl->socket, buf, sizeof(buf));
	int len = n, err = 0;

	if (n < 0) {
		if (errno == ENOBUFS)
			nl->overrun = true;
		return errno == ENOBUFS || errno == EINTR ? 0 : -errno;
	}
	for (; !err && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		err = handle_event(l, nl, nlh);
	return err;
}

/**
 * nl_events() - handle events until a signal comes
 * @nl: the connection, which has asked for events
 * @event: what is known of the events
 * @fn: handles an event
 * @data: what @fn gets
 *
 * SIGINT and SIGTERM, which the caller has blocked, are let through while it
 * waits.
 *
 * Return: 0 after a signal, -ENOENT if the module was unloaded, or another
 * negative errno.
 */
int nl_events(struct nl *nl, const struct view *event, row_fn fn, void *data)
{
	struct listing listing = { .view = event, .fn = fn, .data = data };
	struct pollfd poll = { .fd = mnl_socket_get_fd(nl->socket), .events = POLLIN };
	sigset_t none;
	int err;

	sigemptyset(&none);
	err = join(nl, CONTROLLER_GROUP);
	while (!err) {
		if (ppoll(&poll, 1, NULL, &none) < 0)
			return errno == EINTR ? 0 : -errno;
		err = handle_events(&listing, nl);
	}
	return err;
}
