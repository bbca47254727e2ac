// SPDX-License-Identifier: GPL-2.0
/*
 * What went wrong, in words and as an exit status.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "escape.h"
#include "tool.h"

/**
 * complain() - say what is wrong
 * @status: an exit status
 * @format: what, as for printf; made printable
 *
 * Return: @status.
 */
int complain(int status, const char *format, ...)
{
	char raw[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	fputs("tcpdiag: ", stderr);
	print_text(stderr, raw);
	fputs("\n", stderr);
	return status;
}

/**
 * fail_status() - the exit status for an error
 * @err: negative errno; -ENOENT means that the module is not loaded
 *
 * Return: the status.
 */
int fail_status(int err)
{
	switch (err) {
	case 0:
		return STATUS_OK;
	case -ENOENT:
		return STATUS_NOT_LOADED;
	case -EPERM:
	case -EACCES:
		return STATUS_NO_RIGHTS;
	default:
		return STATUS_FAILED;
	}
}

/**
 * fail_text() - words for an error
 * @tool: whose connection may know what the kernel said
 * @err: negative errno
 * @buf: where to
 * @size: its size
 */
void fail_text(struct tool *tool, int err, char *buf, size_t size)
{
	const char *reason = tool->nl.reason;

	switch (fail_status(err)) {
	case STATUS_NOT_LOADED:
		snprintf(buf, size,
			 "the module is not loaded; as root: modprobe tcpdiag (not installed: insmod ./tcpdiag.ko)");
		break;
	case STATUS_NO_RIGHTS:
		snprintf(buf, size, "not permitted%s%s; try it as root",
			 *reason ? ": " : "", reason);
		break;
	default:
		snprintf(buf, size, "%s%s%s", strerror(-err),
			 *reason ? ": " : "", reason);
	}
}

/**
 * fail() - say what went wrong
 * @tool: whose connection may know what the kernel said
 * @err: negative errno, or 0
 *
 * Return: the exit status.
 */
int fail(struct tool *tool, int err)
{
	char text[512];

	if (err) {
		fail_text(tool, err, text, sizeof(text));
		fprintf(stderr, "tcpdiag: %s\n", text);
	}
	return fail_status(err);
}
