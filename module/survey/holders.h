/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which process has a socket open now.
 */
#ifndef TCPDIAG_SURVEY_HOLDERS_H
#define TCPDIAG_SURVEY_HOLDERS_H

#include <linux/types.h>

struct pid;
struct sock;
struct tcpdiag_holders;
struct tcpdiag_owner;
struct tcpdiag_reader;

struct tcpdiag_holders *tcpdiag_holders_get(void);
struct tcpdiag_holders *tcpdiag_holders_recent(void);
bool tcpdiag_holders_need(struct tcpdiag_holders **h,
			  const struct tcpdiag_reader *reader);
void tcpdiag_holders_put(struct tcpdiag_holders *h);
void tcpdiag_holders_tick(void);
void tcpdiag_holders_exit(void);
struct pid *tcpdiag_holders_of(const struct tcpdiag_holders *h,
			       const struct sock *sk, u64 born_ns,
			       const struct pid *last,
			       unsigned int *count);
bool tcpdiag_holders_knows(const struct tcpdiag_holders *h, u64 born_ns);
bool tcpdiag_holders_has(const struct tcpdiag_holders *h,
			 const struct sock *sk, u64 born_ns,
			 const struct pid *pid);
void tcpdiag_holders_each(const struct tcpdiag_holders *h,
			  const struct pid *pid,
			  void (*meet)(const struct sock *sk, void *arg),
			  void *arg);
bool tcpdiag_holders_name(struct tcpdiag_holders **h,
			  const struct tcpdiag_reader *reader,
			  struct tcpdiag_owner *owner, const struct sock *sk,
			  u64 born_ns, struct pid *seen, const char *comm);

#endif /* TCPDIAG_SURVEY_HOLDERS_H */
