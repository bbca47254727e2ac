/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcpfuzz: random sequences of calls around the hooks and the files of tcpdiag, for
 * make fuzz. A sequence that reached places of the module that none had reached
 * before is kept, and changed a little for the next ones.
 *
 * A call is the number of its kind and three bytes, whose meaning is the kind's: so
 * every sequence of bytes is a sequence of calls. As text it is a line,
 * "socket 0 1 0; listen 1 2 0"; the table in calls.c has the kinds.
 */
#ifndef TCPFUZZ_H
#define TCPFUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>

#include "../random.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_CALLS	24
#define LINE_BYTES	1024
#define SOCKETS		12
#define FILES		6
#define NETLINKS	4

struct call {
	unsigned char kind;
	unsigned char a, b, c;
};

struct sequence {
	int n;
	struct call calls[MAX_CALLS];
};

/* What there is for a sequence to work with; -1 is closed. */
struct world {
	int sockets[SOCKETS];
	int files[FILES];
	int netlinks[NETLINKS];
	int pipe[2];
	int map;
	int home, side;
};

extern struct world world;

/* sequence.c */
void make_sequence(struct sequence *s);
void change_sequence(struct sequence *s, const struct sequence *other);
void print_sequence(const struct sequence *s, char *line, size_t bytes);
bool parse_sequence(const char *line, struct sequence *s);

/* calls.c */
int kinds(void);
const char *kind_name(int kind);
int kind_by_name(const char *name);
void run_sequence(const struct sequence *s);
extern unsigned long long *calls_made;

/* sockets.c */
union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

socklen_t pick_address(union address *a, bool v6, unsigned char where, unsigned char port);
int socket_at(unsigned char slot);
void put_socket(unsigned char slot, int fd);
void do_socket(const struct call *c);
void do_bind(const struct call *c);
void do_listen(const struct call *c);
void do_connect(const struct call *c);
void do_accept(const struct call *c);
void do_pair(const struct call *c);
void do_shutdown(const struct call *c);
void do_close(const struct call *c);
void do_dup(const struct call *c);
void do_send(const struct call *c);
void do_fastopen(const struct call *c);
void do_receive(const struct call *c);
void do_splice(const struct call *c);
void do_sendfile(const struct call *c);
void do_reset(const struct call *c);

/* options.c */
void do_setsockopt(const struct call *c);
void do_getsockopt(const struct call *c);
void do_algorithm(const struct call *c);
void do_repair(const struct call *c);

/* files.c */
void do_open(const struct call *c);
void do_read(const struct call *c);
void do_pread(const struct call *c);
void do_seek(const struct call *c);
void do_close_file(const struct call *c);
void do_read_whole(const struct call *c);
void do_odd_file(const struct call *c);
void do_race_file(const struct call *c);
void do_sysctl(const struct call *c);
void do_parameter(const struct call *c);

/* netlink.c */
void do_request(const struct call *c);
void do_subscribe(const struct call *c);
void do_join(const struct call *c);
void do_read_netlink(const struct call *c);
void do_close_netlink(const struct call *c);

/* odd.c */
void do_race(const struct call *c);
void do_fork(const struct call *c);
void do_pass(const struct call *c);
void do_netns(const struct call *c);
void do_new_netns(const struct call *c);
void do_destroy(const struct call *c);
void do_sleep(const struct call *c);

/* rings.c */
void do_uring(const struct call *c);
void do_sockmap(const struct call *c);

#endif
