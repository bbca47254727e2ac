// SPDX-License-Identifier: GPL-2.0
/* tcpplay: commands that change the process itself: name, user, limits. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tcpplay.h"

int do_pid(int n, char **w)
{
	return number(getpid());
}

/* The rest of the line is the name; \n, \t, \\ and \xNN stand for themselves. */
int do_comm(int n, char **w)
{
	const char *in = w[1];
	char name[16] = "";
	unsigned int byte;
	size_t out = 0;

	while (*in && out < sizeof(name) - 1) {
		if (in[0] != '\\') {
			name[out++] = *in++;
		} else if (in[1] == 'x' && sscanf(in + 2, "%2x", &byte) == 1) {
			name[out++] = byte;
			in += 4;
		} else if (in[1]) {
			name[out++] = in[1] == 'n' ? '\n' : in[1] == 't' ? '\t' : in[1];
			in += 2;
		} else {
			return -EINVAL;
		}
	}
	return prctl(PR_SET_NAME, name) ? -errno : 0;
}

int do_uid(int n, char **w)
{
	uid_t uid = atoi(w[1]);

	return setresuid(uid, uid, uid) ? -errno : 0;
}

int do_nofile(int n, char **w)
{
	struct rlimit limit = { atoi(w[1]), atoi(w[1]) };

	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

/*
 * Loads a module while the NTH of the allocations that may fail (failslab.sh) does.
 * The answer is 0, or how many are missing for there to be as many.
 */
int do_load(int n, char **w)
{
	int fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
	int module = open(w[1], O_RDONLY | O_CLOEXEC);
	char left[16] = "";
	int err = 0;

	if (fail_nth < 0 || module < 0)
		return -errno;
	if (pwrite(fail_nth, w[2], strlen(w[2]), 0) < 0)
		return -errno;
	if (syscall(SYS_finit_module, module, "", 0))
		err = -errno;
	if (pread(fail_nth, left, sizeof(left) - 1, 0) < 0 ||
	    pwrite(fail_nth, "0", 1, 0) < 0)
		err = -errno;
	close(module);
	close(fail_nth);
	return err ? err : number(atoi(left));
}

int do_sleep(int n, char **w)
{
	return usleep(atoi(w[1]) * 1000U) ? -errno : 0;
}

/*
 * A child that has one of our descriptors and no other; it ends when we do, unless it is
 * to stay. Returns as fork() does.
 */
pid_t fork_with(int fd, bool ends_with_us)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (ends_with_us)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd > 0)
		close_range(0, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
	return 0;
}

/* A child that has one socket and does nothing with it. It may have a name of its own. */
int do_heir(int n, char **w)
{
	bool stays = n > 2 && !strcmp(w[2], "stays");
	const char *name = n > 3 && !strcmp(w[2], "as") ? w[3] : NULL;
	int fd = find_fd(w[1]);
	pid_t pid = fd < 0 ? 0 : fork_with(fd, !stays);

	if (fd < 0)
		return fd;
	if (pid < 0)
		return -errno;
	if (pid)
		return number(pid);
	if (name)
		prctl(PR_SET_NAME, name);
	for (;;)
		pause();
}

int do_fd(int n, char **w)
{
	int fd = find_fd(w[1]);

	return fd < 0 ? fd : number(fd);
}

/* A descriptor that another process has, as if it had sent it to us (SCM_RIGHTS). */
int do_adopt(int n, char **w)
{
	int process = syscall(SYS_pidfd_open, atoi(w[2]), 0);
	int fd, err;

	if (process < 0)
		return -errno;
	fd = syscall(SYS_pidfd_getfd, process, atoi(w[3]), 0);
	err = keep(w[1], fd);
	close(process);
	return err;
}

/*
 * The socket goes into a message that nobody takes, and is in no table of
 * descriptors from then on.
 */
int do_adrift(int n, char **w)
{
	struct named_socket **link = find_link(w[1]);
	int fd = find_fd(w[1]), pair[2];
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *part = CMSG_FIRSTHDR(&message);

	if (fd < 0)
		return fd;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -errno;
	part->cmsg_level = SOL_SOCKET;
	part->cmsg_type = SCM_RIGHTS;
	part->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(part), &fd, sizeof(fd));
	if (sendmsg(pair[0], &message, 0) != 1)
		return -errno;
	return forget(link);
}
