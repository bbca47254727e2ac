// SPDX-License-Identifier: GPL-2.0
/* labflows: the life of a flow, from listen() to its last figures. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flows.h"

#define RECEIVER	"10.0.2.2"
#define RECEIVER6	"fd00:2::2"
/* A flow's port is this and its number: jobs.py tells flows apart by it. */
#define FIRST_PORT	5000

/* A call holds the socket's lock; ACKs wait meanwhile. So not much at once. */
#define CHUNK_BYTES	(16 << 10)
/* Data ready in the kernel beyond the window: no sender here ever runs dry. */
#define UNSENT_BYTES	(256 << 10)
/* recv(MSG_TRUNC) discards without copying; as much as there is. */
#define DISCARD_BYTES	(16 << 20)
/* A trickle: fewer packets than the initial window has, and a pause. */
#define TRICKLE_BYTES	10000
#define TRICKLE_US	100000
/* The receiver is woken for so much. ACKs do not wait for it. */
#define LOW_WATER_BYTES	(32 << 10)

static void flow_ready(struct flow *flow);
static void flow_accept(struct flow *flow);
static void flow_receive(struct flow *flow);

static void set_int(int fd, int level, int option, int value, const char *what)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		fatal("%s", what);
}

static int call_with_address(const struct flow *flow, int fd,
			     int (*call)(int fd, const struct sockaddr *to,
					 socklen_t length))
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(FIRST_PORT + flow->index),
	};
	struct sockaddr_in6 to6 = {
		.sin6_family = AF_INET6,
		.sin6_port = to.sin_port,
	};

	inet_pton(AF_INET, RECEIVER, &to.sin_addr);
	inet_pton(AF_INET6, RECEIVER6, &to6.sin6_addr);
	if (run.ipv6)
		return call(fd, (struct sockaddr *)&to6, sizeof(to6));
	return call(fd, (struct sockaddr *)&to, sizeof(to));
}

static int new_socket(void)
{
	int fd = socket(run.ipv6 ? AF_INET6 : AF_INET,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fatal("socket");
	return fd;
}

void flow_prepare(struct flow *flow)
{
	int fd;

	flow->tx = (struct end){ flow, flow_ready, -1 };
	flow->rx = (struct end){ flow, flow_receive, -1 };
	flow->bins = calloc(run.duration_us / run.bin_us + 1,
			    sizeof(*flow->bins));
	if (!flow->bins)
		fatal("calloc");
	enter_netns("rcv");
	fd = new_socket();
	flow->listener = (struct end){ flow, flow_accept, fd };
	if (call_with_address(flow, fd, bind) || listen(fd, 1))
		fatal("listen");
	watch(&flow->listener, EPOLLIN);
}

void flow_start(struct flow *flow)
{
	int fd;

	enter_netns("snd");
	fd = new_socket();
	flow->tx.fd = fd;
	flow->started = true;
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, flow->cc,
		       strlen(flow->cc)))
		fatal("congestion control %s", flow->cc);
	set_int(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES,
		"TCP_NOTSENT_LOWAT");
	flow->begun_us = now_us();
	if (call_with_address(flow, fd, connect) && errno != EINPROGRESS)
		fatal("connect");
	if (run.meter && !flow->index)
		meter_begin(flow);
	watch(&flow->tx, EPOLLOUT);
}

/* A call for each packet would cost more than the packet itself. */
static void set_low_water(struct flow *flow)
{
	long long left = flow->bytes ? flow->bytes - flow->received : 0;

	if (!flow->bytes || left > LOW_WATER_BYTES)
		left = LOW_WATER_BYTES;
	set_int(flow->rx.fd, SOL_SOCKET, SO_RCVLOWAT, left, "SO_RCVLOWAT");
}

static void flow_accept(struct flow *flow)
{
	flow->rx.fd = accept4(flow->listener.fd, NULL, NULL,
			      SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (flow->rx.fd < 0)
		fatal("accept");
	close(flow->listener.fd);
	flow->listener.fd = -1;
	set_low_water(flow);
	watch(&flow->rx, EPOLLIN);
}

static void close_end(struct end *end)
{
	if (end->fd >= 0)
		close(end->fd);
	end->fd = -1;
}

static void flow_send(struct flow *flow)
{
	static char chunk[CHUNK_BYTES];
	ssize_t done;

	for (;;) {
		size_t n = sizeof(chunk);

		if (flow->bytes && flow->bytes - flow->queued < (long long)n)
			n = flow->bytes - flow->queued;
		done = n ? send(flow->tx.fd, chunk, n, MSG_NOSIGNAL) : 0;
		if (done <= 0)
			break;
		flow->queued += done;
	}
	if (done < 0 && errno != EAGAIN)
		fatal("send, flow %d (%s)", flow->index, flow->cc);
	if (!done)
		unwatch(&flow->tx);
}

static void flow_trickle(struct flow *flow)
{
	static char chunk[TRICKLE_BYTES];

	/* a path that takes no more has no need of a trickle */
	if (send(flow->tx.fd, chunk, sizeof(chunk), MSG_NOSIGNAL) !=
	    sizeof(chunk))
		fatal("trickle, flow %d (%s)", flow->index, flow->cc);
	flow->queued += sizeof(chunk);
}

/* There are no data for the rest of a period. */
static void flow_rest(struct flow *flow, long long now, long long left_us)
{
	flow->resting = true;
	flow->wake_us = now + left_us;
	unwatch(&flow->tx);
}

static void flow_ready(struct flow *flow)
{
	long long period_us = flow->on_us + flow->off_us;
	long long now = now_us(), age_us = now - flow->start_us;

	if (age_us < flow->trickle_us) {
		flow_trickle(flow);
		flow_rest(flow, now, TRICKLE_US);
	} else if (flow->off_us && age_us % period_us >= flow->on_us) {
		flow_rest(flow, now, period_us - age_us % period_us);
	} else {
		flow_send(flow);
	}
}

/* A flow that rests goes on when its time has come. */
void flow_wake(struct flow *flow)
{
	if (flow->resting && now_us() >= flow->wake_us) {
		flow->resting = false;
		watch(&flow->tx, EPOLLOUT);
	}
}

/* When a flow wants to be looked at, whatever its sockets do. */
long long flow_next_us(const struct flow *flow)
{
	if (flow->ended)
		return run.duration_us;
	if (!flow->started)
		return flow->start_us;
	if (flow->resting)
		return flow->wake_us;
	return flow->stop_us;
}

static struct tcp_info info_of(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t length = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length))
		fatal("TCP_INFO");
	return info;
}

static void flow_receive(struct flow *flow)
{
	ssize_t got;

	got = recv(flow->rx.fd, NULL, DISCARD_BYTES, MSG_TRUNC);
	if (got < 0 && errno != EAGAIN)
		fatal("recv, flow %d (%s)", flow->index, flow->cc);
	if (got <= 0)
		return;
	flow->received += got;
	if (flow->bytes && flow->received >= flow->bytes)
		flow->finished_us = now_us();
	else if (flow->bytes)
		set_low_water(flow);
}

/* A bin ends: what has come until now, read by the program or not yet. */
void flow_bin(struct flow *flow, long long bin)
{
	if (flow->rx.fd >= 0)
		flow->received_now = info_of(flow->rx.fd).tcpi_bytes_received;
	flow->bins[bin] = flow->received_now;
}

/*
 * usage: WORD FLOW TIME_US CWND SSTHRESH SRTT_US MIN_RTT_US PACING_BYTES_S
 *   DELIVERED DELIVERED_CE DATA_SEGS_OUT RETRANS SEGS_IN BYTES_ACKED LOST
 *   REORD_SEEN DSACK_DUPS RWND_LIMITED_US SNDBUF_LIMITED_US CA_STATE
 * The word is s for a sample, e for the flow's last.
 */
void flow_sample(const struct flow *flow, const char *word)
{
	struct tcp_info i = info_of(flow->tx.fd);

	printf("%s %d %lld %u %u %u %u %llu %u %u %u %u %u %llu %u %u %u %llu %llu %u\n",
	       word, flow->index, now_us(), i.tcpi_snd_cwnd,
	       i.tcpi_snd_ssthresh, i.tcpi_rtt, i.tcpi_min_rtt,
	       (unsigned long long)i.tcpi_pacing_rate, i.tcpi_delivered,
	       i.tcpi_delivered_ce, i.tcpi_data_segs_out, i.tcpi_total_retrans,
	       i.tcpi_segs_in, (unsigned long long)i.tcpi_bytes_acked,
	       i.tcpi_lost, i.tcpi_reord_seen, i.tcpi_dsack_dups,
	       (unsigned long long)i.tcpi_rwnd_limited,
	       (unsigned long long)i.tcpi_sndbuf_limited, i.tcpi_ca_state);
}

/* The last figures are taken, then nothing of the flow stays in the kernel. */
void flow_end(struct flow *flow)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	flow_sample(flow, "e");
	if (flow->rx.fd >= 0)
		flow->received_now = info_of(flow->rx.fd).tcpi_bytes_received;
	setsockopt(flow->tx.fd, SOL_SOCKET, SO_LINGER, &at_once,
		   sizeof(at_once));
	if (flow->rx.fd >= 0)
		setsockopt(flow->rx.fd, SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof(at_once));
	close_end(&flow->listener);
	close_end(&flow->rx);
	close_end(&flow->tx);
	flow->ended = true;
}

/*
 * usage: f FLOW CC BEGUN_US FINISHED_US RECEIVED
 *        b FLOW BYTES...   received in each bin
 */
void flow_print(const struct flow *flow)
{
	long long i;

	printf("f %d %s %lld %lld %lld\n", flow->index, flow->cc,
	       flow->begun_us, flow->finished_us, flow->received_now);
	printf("b %d", flow->index);
	for (i = 0; i < run.duration_us / run.bin_us; i++)
		printf(" %lld", flow->bins[i] - (i ? flow->bins[i - 1] : 0));
	printf("\n");
}
