// SPDX-License-Identifier: GPL-2.0
/*
 * tcpplay: a SYN flood. SYNs from addresses that answer nothing, written to a
 * raw socket, for scenarios about what a listener makes of them, and what that
 * costs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tcpplay.h"

#define NS_PER_S	1000000000LL

/* To read the clock twice takes less, unless it was interrupted. */
#define INTERRUPTED_NS	1000

/* The largest segment size in a SYN, as any client says it. */
#define MSS	1460

struct syn {
	struct iphdr ip;
	struct tcphdr tcp;
	unsigned char mss[4];
};

/* What the TCP checksum covers beside the segment. */
struct pseudo {
	in_addr_t source;
	in_addr_t destination;
	unsigned short protocol;
	unsigned short length;
};

static unsigned int add_words(unsigned int sum, const void *from, size_t bytes)
{
	const unsigned char *p = from;

	for (; bytes; bytes -= 2, p += 2)
		sum += p[0] << 8 | p[1];
	return sum;
}

static unsigned short checksum(const struct syn *syn)
{
	struct pseudo pseudo = {
		.source = syn->ip.saddr,
		.destination = syn->ip.daddr,
		.protocol = htons(IPPROTO_TCP),
		.length = htons(sizeof(syn->tcp) + sizeof(syn->mss)),
	};
	unsigned int sum = add_words(0, &pseudo, sizeof(pseudo));

	sum = add_words(sum, &syn->tcp, sizeof(syn->tcp) + sizeof(syn->mss));
	sum = (sum & 0xffff) + (sum >> 16);
	return htons(~(sum + (sum >> 16)));
}

/* The kernel fills in the length and checksum of the IP header. */
static void fill_in(struct syn *syn, in_addr_t source,
		    const struct sockaddr_in *to)
{
	memset(syn, 0, sizeof(*syn));
	syn->ip.version = 4;
	syn->ip.ihl = sizeof(syn->ip) / 4;
	syn->ip.ttl = 64;
	syn->ip.protocol = IPPROTO_TCP;
	syn->ip.saddr = htonl(source);
	syn->ip.daddr = to->sin_addr.s_addr;
	syn->tcp.source = htons(1024 + source % 60000);
	syn->tcp.dest = to->sin_port;
	syn->tcp.seq = htonl(source * 2654435761U);
	syn->tcp.doff = (sizeof(syn->tcp) + sizeof(syn->mss)) / 4;
	syn->tcp.syn = 1;
	syn->tcp.window = htons(64240);
	syn->mss[0] = TCPOPT_MAXSEG;
	syn->mss[1] = TCPOLEN_MAXSEG;
	syn->mss[2] = MSS >> 8;
	syn->mss[3] = MSS & 0xff;
	syn->tcp.check = checksum(syn);
}

/* Until COUNT / PER_S seconds have passed since the beginning. */
static void keep_pace(const struct timespec *begin, long long count, long per_s)
{
	long long ns = count * NS_PER_S / per_s + begin->tv_nsec;
	struct timespec until = {
		.tv_sec = begin->tv_sec + ns / NS_PER_S,
		.tv_nsec = ns % NS_PER_S,
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/*
 * So many SYNs, so many a second or, for 0, as fast as they go; their sources count
 * up from the first one, and their ports by so many.
 */
static int flood(char **w, long per_s, int ports)
{
	union address source, to;
	struct timespec begin;
	int i, err, raw;
	struct syn syn;

	err = parse_address(w[1], "0", &source);
	if (!err)
		err = parse_address(w[2], w[3], &to);
	if (err || source.any.sa_family != AF_INET || to.any.sa_family != AF_INET)
		return -EINVAL;
	raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0)
		return -errno;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (i = 0; i < atoi(w[4]) && !err; i++) {
		fill_in(&syn, ntohl(source.v4.sin_addr.s_addr) + i, &to.v4);
		to.v4.sin_port = htons(ntohs(to.v4.sin_port) + ports);
		if (sendto(raw, &syn, sizeof(syn), 0, &to.any, sizeof(to.v4)) < 0)
			err = -errno;
		if (per_s)
			keep_pace(&begin, i + 1, per_s);
	}
	close(raw);
	return err;
}

int do_flood(int n, char **w)
{
	return flood(w, atol(w[5]), 0);
}

static long long clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* As fast as the SYNs go: how long they take. */
static int time_flood(char **w, int ports)
{
	long long began = clock_ns();
	int err = flood(w, 0, ports);

	return err ? err : number(clock_ns() - began);
}

int do_time_flood(int n, char **w)
{
	return time_flood(w, 0);
}

/* The same from port to port. */
int do_time_scan(int n, char **w)
{
	return time_flood(w, 1);
}

static void sleep_until(long long ns)
{
	struct timespec t = {
		.tv_sec = ns / NS_PER_S,
		.tv_nsec = ns % NS_PER_S,
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* What interrupts take of the CPU until then. */
static long long stolen_until(long long end)
{
	long long now = clock_ns(), before, stolen = 0;

	while (now < end) {
		before = now;
		now = clock_ns();
		if (now - before > INTERRUPTED_NS)
			stolen += now - before;
	}
	return stolen;
}

/*
 * What it takes to repeat the SYN-ACKs of a flood for the first time, a second after
 * the SYNs. It begins at the same place of a second each time, for the sake of what
 * is done once a second.
 */
int do_time_repeats(int n, char **w)
{
	long long begin = (clock_ns() / NS_PER_S + 1) * NS_PER_S + NS_PER_S / 10;
	int err;

	sleep_until(begin);
	err = flood(w, 0, 0);
	if (clock_ns() > begin + NS_PER_S / 2)
		return -ETIME;
	sleep_until(begin + NS_PER_S * 95 / 100);
	return err ? err : number(stolen_until(begin + NS_PER_S * 16 / 10));
}
