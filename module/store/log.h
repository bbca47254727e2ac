/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may make tcpdiag write to the log. The log is the host's. A container's
 * root may write sysctls, but must not be able to fill the log with lines, or
 * to push others out of it.
 */
#ifndef TCPDIAG_STORE_LOG_H
#define TCPDIAG_STORE_LOG_H

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/user_namespace.h>

/**
 * tcpdiag_log_is_for_writer() - may the log say why a value was refused?
 *
 * No line repeats what was written, whoever wrote it.
 *
 * Context: process, the writer's.
 * Return: true if the current task has CAP_SYS_ADMIN on the host. Others have
 *	the error and Documentation/settings.md.
 */
static inline bool tcpdiag_log_is_for_writer(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

#endif /* TCPDIAG_STORE_LOG_H */
