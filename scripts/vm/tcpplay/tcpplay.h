/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcpplay: plays TCP situations on command, for scenario scripts.
 *
 * Reads one command a line from stdin and answers each with exactly one line:
 * "ok", "ok VALUE" or "err ERRNO_NAME". Sockets have names; a ':' in an address
 * makes it IPv6. What waits for the other side (accept, finish, recv, drain)
 * gives up after 60 s with EAGAIN. The table in main.c lists the commands.
 *
 * Single-threaded, statically linked; its state is the table of sockets.
 */
#ifndef TCPPLAY_H
#define TCPPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>
#include <sys/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NAME_BYTES	48
#define PATIENCE_MS	60000
#define CHUNK_BYTES	16384

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/*
 * A command gets its words (w[0] is its own name) and returns 0 or -errno;
 * what it answers beside "ok" it writes to value.
 */
extern char value[512];
int number(long long n);

/* sockets.c: names, addresses, and the steps commands are made of */
struct named_socket;
struct named_socket **find_link(const char *name);
int find_fd(const char *name);
int keep(const char *name, int fd);
int forget(struct named_socket **link);
int forget_prefix(const char *prefix);
int each_prefix(const char *prefix, int (*what)(int fd));
socklen_t address_size(const union address *a);
int parse_address(const char *text, const char *port, union address *a);
int wait_for(int fd, short events);
int set_int(int fd, int level, int option, int v);
int reset_on_close(struct named_socket *s);
int open_listener(const char *addr, const char *port, int backlog);
int open_client(int family, const char *from, const char *from_port);
int connect_to(int fd, const union address *a, bool blocking);
int connect_outcome(int fd);
int write_bytes(int fd, long long bytes, size_t each);
int send_bytes(int fd, long long bytes);
ssize_t receive(int fd, size_t bytes);

/* commands.c */
int do_listen(int n, char **w);
int do_socket(int n, char **w);
int do_bind(int n, char **w);
int do_await(int n, char **w);
int do_connect(int n, char **w);
int do_start(int n, char **w);
int do_again(int n, char **w);
int do_finish(int n, char **w);
int do_accept(int n, char **w);
int do_pairs(int n, char **w);
int do_fill(int n, char **w);
int do_simopen(int n, char **w);
int do_close(int n, char **w);
int do_closeall(int n, char **w);
int do_shutdown(int n, char **w);
int do_reset(int n, char **w);
int do_disconnect(int n, char **w);
int do_send(int n, char **w);
int do_write(int n, char **w);
int do_switch(int n, char **w);
int do_insist(int n, char **w);
int do_recv(int n, char **w);
int do_take(int n, char **w);
int do_drain(int n, char **w);
int do_opt(int n, char **w);
int do_getcc(int n, char **w);
int do_countcc(int n, char **w);
int do_port(int n, char **w);
int do_peerport(int n, char **w);
int do_inode(int n, char **w);
int do_info(int n, char **w);

/* process.c */
int do_pid(int n, char **w);
int do_comm(int n, char **w);
int do_uid(int n, char **w);
int do_nofile(int n, char **w);
pid_t fork_with(int fd, bool ends_with_us);
int do_heir(int n, char **w);
int do_fd(int n, char **w);
int do_adopt(int n, char **w);
int do_adrift(int n, char **w);
int do_load(int n, char **w);
int do_sleep(int n, char **w);

/* flood.c */
int do_flood(int n, char **w);
int do_time_flood(int n, char **w);
int do_time_scan(int n, char **w);
int do_time_repeats(int n, char **w);

/* load.c */
int do_churn(int n, char **w);
int do_crowd(int n, char **w);
int do_time_churn(int n, char **w);
int do_time_binds(int n, char **w);
int do_seed_random(int n, char **w);
int do_time_read(int n, char **w);
int do_time_sleep(int n, char **w);
int do_time_bulk(int n, char **w);
int do_time_requests(int n, char **w);

/* serve.c */
int do_serve(int n, char **w);
int do_visit(int n, char **w);

/* siege.c */
int do_listen_many(int n, char **w);
int do_dups(int n, char **w);
int do_tenants(int n, char **w);
int do_stuck(int n, char **w);

#endif
