// SPDX-License-Identifier: GPL-2.0
/*
 * tcpfuzz: what involves a second process, thread or namespace, and what an
 * administrator does to a socket (ss -K).
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tcpfuzz.h"

static struct call racing;

static void *race(void *unused)
{
	switch (racing.b % 5) {
	case 0:
		do_shutdown(&racing);
		break;
	case 1:
		do_connect(&racing);
		break;
	case 2:
		do_receive(&racing);
		break;
	case 3:
		do_algorithm(&racing);
		break;
	default:
		close(socket_at(racing.a));
	}
	return NULL;
}

/* A thread does one thing to a socket while this one does another. */
void do_race(const struct call *c)
{
	pthread_t other;

	racing = *c;
	if (pthread_create(&other, NULL, race, NULL))
		return;
	switch (c->c % 4) {
	case 0:
		do_send(c);
		break;
	case 1:
		do_listen(c);
		break;
	case 2:
		do_connect(c);
		break;
	default:
		do_destroy(c);
	}
	pthread_join(other, NULL);
	if (racing.b % 5 == 4)
		world.sockets[racing.a % SOCKETS] = -1;
}

/* A child that has all of them too, and ends a little later. */
void do_fork(const struct call *c)
{
	pid_t pid = fork();

	if (pid < 0)
		return;
	if (!pid) {
		if (c->a & 1)
			shutdown(socket_at(c->b), SHUT_RDWR);
		usleep(1000 * (c->c % 8));
		_exit(0);
	}
	if (c->a & 2)
		do_close(&(struct call){ .a = c->b });
	waitpid(pid, NULL, 0);
}

/* A socket that is nowhere but in a message that nobody takes. */
void do_pass(const struct call *c)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &one, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int ends[2], fd = socket_at(c->a);

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return;
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &fd, sizeof(fd));
	if (sendmsg(ends[0], &m, 0) > 0)
		do_close(c);
	do_read_whole(&(struct call){ .a = c->b, .b = 9 });
	close(ends[0]);
	close(ends[1]);
}

void do_netns(const struct call *c)
{
	setns(c->a & 1 ? world.side : world.home, CLONE_NEWNET);
}

/* A namespace that lasts no longer than a connection in it. */
void do_new_netns(const struct call *c)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct call pair = { .a = 0, .b = 1, .c = 0 };
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		return;
	if (pid) {
		waitpid(pid, NULL, 0);
		return;
	}
	if (!unshare(CLONE_NEWNET | (c->a & 1 ? CLONE_NEWUSER : 0))) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		ioctl(fd, SIOCSIFFLAGS, &lo);
		do_pair(&pair);
		do_sysctl(&(struct call){ .a = c->b, .b = c->c });
		do_read_whole(&(struct call){ .a = c->b, .b = 9 });
	}
	_exit(0);
}

static void fill_id(struct inet_diag_sockid *id, const union address *own,
		    const union address *peer)
{
	if (own->any.sa_family == AF_INET) {
		id->idiag_sport = own->v4.sin_port;
		id->idiag_dport = peer->v4.sin_port;
		id->idiag_src[0] = own->v4.sin_addr.s_addr;
		id->idiag_dst[0] = peer->v4.sin_addr.s_addr;
	} else {
		id->idiag_sport = own->v6.sin6_port;
		id->idiag_dport = peer->v6.sin6_port;
		memcpy(id->idiag_src, &own->v6.sin6_addr, 16);
		memcpy(id->idiag_dst, &peer->v6.sin6_addr, 16);
	}
	id->idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

/* As ss -K does it. */
void do_destroy(const struct call *c)
{
	union address own = { 0 }, peer = { 0 };
	socklen_t own_size = sizeof(own), peer_size = sizeof(peer);
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} m = {
		.h.nlmsg_len = sizeof(m),
		.h.nlmsg_type = SOCK_DESTROY,
		.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.r.sdiag_protocol = IPPROTO_TCP,
		.r.idiag_states = -1,
	};
	int fd = socket_at(c->a), nl;

	if (getsockname(fd, &own.any, &own_size))
		return;
	getpeername(fd, &peer.any, &peer_size);
	m.r.sdiag_family = own.any.sa_family;
	fill_id(&m.r.id, &own, &peer);
	nl = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
	send(nl, &m, sizeof(m), 0);
	close(nl);
}

void do_sleep(const struct call *c)
{
	usleep(1000 * (c->a % 8));
}
