// SPDX-License-Identifier: GPL-2.0
/*
 * In place of nl.c, for tests that have no module: makes the messages that the module
 * would send from files in the form of those under /proc/net/tcpdiag, one for each
 * view and event, in the present directory. With FAKE_ERRNO set, opening fails with
 * it. There are no more events than a file has. A namespace is a directory; they are
 * below the folder FAKE_ROOT. A trace hears the lines of the file `trace`, then its
 * end:
 *
 *   segment US OUT LOCAL REMOTE FLAGS SEQ ACK WINDOW LEN LOST LIMITED
 *   change US LOCAL REMOTE FROM TO STAY_US
 *   reset US LOCAL REMOTE REASON
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tcpdiag.h>

#include "nl.h"
#include "row.h"

#define BUFFER	16384

/* Takes back \ooo. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (*s == '\\' && strspn(s + 1, "01234567") >= 3) {
			char digits[4] = { s[1], s[2], s[3] };

			*to++ = strtol(digits, NULL, 8);
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static void put_number(struct nlmsghdr *nlh, const struct column *column,
		       char *text)
{
	char *end, *point = strchr(text, '.');
	uint64_t n;

	if (column->kind == KIND_TENTHS && point)
		memmove(point, point + 1, strlen(point));
	n = strtoull(text, &end, 10);
	if (*end)
		mnl_attr_put_strz(nlh, column->word, text);
	else
		mnl_attr_put_u64(nlh, column->attr, n);
}

static void put_address(struct nlmsghdr *nlh, char *text)
{
	uint8_t addr[16] = { 0 };
	char *device = strchr(text, '%');
	bool v4 = *text != '[' && strchr(text, '.');

	if (device)
		*device++ = '\0';
	if (*text == '[') {
		text++;
		text[strcspn(text, "]")] = '\0';
		if (!strcmp(text, "::"))
			mnl_attr_put(nlh, TCPDIAG_A_END_V6ONLY, 0, NULL);
	}
	if (strcmp(text, "*"))
		inet_pton(v4 ? AF_INET : AF_INET6, text, addr);
	mnl_attr_put(nlh, TCPDIAG_A_END_ADDR, v4 ? 4 : 16, addr);
	if (device)
		mnl_attr_put_u32(nlh, TCPDIAG_A_END_DEVICE, if_nametoindex(device));
}

static void put_end(struct nlmsghdr *nlh, uint16_t attr, char *text)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);
	char *bracket = strchr(text, ']');
	char *colon = strchr(bracket ? bracket : text, ':');

	if (!strpbrk(text, ".:*")) {
		mnl_attr_put_strz(nlh, TCPDIAG_A_END_WORD, text);
	} else {
		if (colon) {
			*colon = '\0';
			mnl_attr_put_u16(nlh, TCPDIAG_A_END_PORT, atoi(colon + 1));
		}
		put_address(nlh, text);
	}
	mnl_attr_nest_end(nlh, nest);
}

static void put_times(struct nlmsghdr *nlh, uint16_t attr, char *text)
{
	char *save, *part;

	for (part = strtok_r(text, ",", &save); part;
	     part = strtok_r(NULL, ",", &save)) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, attr);
		char *colon = strchr(part, ':');

		*colon = '\0';
		mnl_attr_put_strz(nlh, TCPDIAG_A_TIME_STATE, part);
		mnl_attr_put_u64(nlh, TCPDIAG_A_TIME_US, strtoull(colon + 1, NULL, 10));
		mnl_attr_nest_end(nlh, nest);
	}
}

static void put_cell(struct nlmsghdr *nlh, const struct column *column, char *text)
{
	switch (column->kind) {
	case KIND_COUNT:
	case KIND_SIGNED:
	case KIND_US:
	case KIND_TENTHS:
		put_number(nlh, column, text);
		break;
	case KIND_FLAG:
		mnl_attr_put_u8(nlh, column->attr, !strcmp(text, "yes"));
		break;
	case KIND_WORD:
	case KIND_NAME:
		unescape(text);
		mnl_attr_put_strz(nlh, column->attr, text);
		break;
	case KIND_TEXT:
		mnl_attr_put_strz(nlh, column->attr, text);
		break;
	case KIND_END:
		put_end(nlh, column->attr, text);
		break;
	case KIND_TIMES:
		put_times(nlh, column->attr, text);
		break;
	}
}

static struct nlmsghdr *begin(char *buf, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	return nlh;
}

/* A sentence is the rest of its line. */
static char *next_cell(char **line, const struct column *column)
{
	return column->kind == KIND_TEXT ? *line : strsep(line, " ");
}

static int handle_line(const struct view *view, char *line, row_fn fn, void *data)
{
	char buf[BUFFER] __aligned(8);
	struct nlmsghdr *nlh = begin(buf, view->cmd);
	struct row row;
	unsigned int i;

	for (i = 0; i < view->columns && line; i++) {
		char *cell = next_cell(&line, &view->column[i]);

		if (strcmp(cell, "-"))
			put_cell(nlh, &view->column[i], cell);
	}
	if (!row_parse(&row, view, nlh))
		return -EBADMSG;
	return fn(&row, data);
}

const char *nl_root(void)
{
	return getenv("FAKE_ROOT") ?: "";
}

int nl_enter(int fd)
{
	return fchdir(fd) < 0 ? -errno : 0;
}

int nl_open(struct nl *nl)
{
	const char *error = getenv("FAKE_ERRNO");

	nl->family = 1;
	return error ? -atoi(error) : 0;
}

void nl_close(struct nl *nl)
{
	nl->family = 0;
}

int nl_dump(struct nl *nl, const struct view *view, const struct filter *filter,
	    row_fn fn, void *data)
{
	FILE *file = fopen(view->name, "re");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	if (!file)
		return -errno;
	while (!err && getline(&line, &size, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line != '#')
			err = handle_line(view, line, fn, data);
	}
	free(line);
	fclose(file);
	return err;
}

int nl_get(struct nl *nl, message_fn fn, void *data)
{
	char buf[BUFFER] __aligned(8);
	struct nlmsghdr *nlh = begin(buf, TCPDIAG_CMD_GET);

	mnl_attr_put_strz(nlh, TCPDIAG_A_SUMMARY_VERSION, "0.1.0");
	mnl_attr_put_u64(nlh, TCPDIAG_A_SUMMARY_UPTIME_US, 4800000);
	mnl_attr_put_u32(nlh, TCPDIAG_A_SUMMARY_NETNS, 4026532229);
	mnl_attr_put_u8(nlh, TCPDIAG_A_SUMMARY_OWNERS, 1);
	mnl_attr_put_strz(nlh, TCPDIAG_A_SUMMARY_DEFAULT_CC, "cubic");
	return fn(nlh, data);
}

static uint64_t next_number(char **line)
{
	return strtoull(strsep(line, " "), NULL, 10);
}

#define SEGMENT(name)	TCPDIAG_A_SEGMENT_EVENT_##name
#define CHANGE(name)	TCPDIAG_A_TRANSITION_EVENT_##name

static void put_segment(struct nlmsghdr *nlh, char *line)
{
	mnl_attr_put_u64(nlh, SEGMENT(TIME_US), next_number(&line));
	mnl_attr_put_u8(nlh, SEGMENT(OUT), next_number(&line));
	put_end(nlh, SEGMENT(LOCAL), strsep(&line, " "));
	put_end(nlh, SEGMENT(REMOTE), strsep(&line, " "));
	mnl_attr_put_u8(nlh, SEGMENT(FLAGS), next_number(&line));
	mnl_attr_put_u32(nlh, SEGMENT(SEQ), next_number(&line));
	mnl_attr_put_u32(nlh, SEGMENT(ACK), next_number(&line));
	mnl_attr_put_u16(nlh, SEGMENT(WINDOW), next_number(&line));
	mnl_attr_put_u32(nlh, SEGMENT(LEN), next_number(&line));
	mnl_attr_put_u16(nlh, SEGMENT(PACKETS), 1);
	mnl_attr_put_u64(nlh, SEGMENT(LOST), next_number(&line));
	mnl_attr_put_u64(nlh, SEGMENT(LIMITED), next_number(&line));
}

static void put_change(struct nlmsghdr *nlh, char *line)
{
	mnl_attr_put_u64(nlh, CHANGE(TIME_US), next_number(&line));
	put_end(nlh, CHANGE(LOCAL), strsep(&line, " "));
	put_end(nlh, CHANGE(REMOTE), strsep(&line, " "));
	mnl_attr_put_strz(nlh, CHANGE(FROM), strsep(&line, " "));
	mnl_attr_put_strz(nlh, CHANGE(TO), strsep(&line, " "));
	mnl_attr_put_u64(nlh, CHANGE(IN_STATE_US), next_number(&line));
}

static void put_reset(struct nlmsghdr *nlh, char *line)
{
	mnl_attr_put_u64(nlh, SEGMENT(TIME_US), next_number(&line));
	put_end(nlh, SEGMENT(LOCAL), strsep(&line, " "));
	put_end(nlh, SEGMENT(REMOTE), strsep(&line, " "));
	mnl_attr_put_strz(nlh, SEGMENT(RESET_REASON), line);
}

static const struct {
	const char *name;
	uint8_t cmd;
	void (*put)(struct nlmsghdr *nlh, char *line);
} lines[] = {
	{ "segment", TCPDIAG_CMD_SEGMENT_EVENT, put_segment },
	{ "change", TCPDIAG_CMD_TRANSITION_EVENT, put_change },
	{ "reset", TCPDIAG_CMD_SEGMENT_EVENT, put_reset },
};

static FILE *heard;
static int heard_fd[2];

/* A byte in a pipe for each line, and one for the end: poll() waits for these. */
static int open_trace(void)
{
	int c;

	heard = fopen("trace", "re");
	if (!heard || pipe2(heard_fd, O_CLOEXEC) || write(heard_fd[1], "", 1) < 0)
		return -errno;
	while ((c = fgetc(heard)) != EOF)
		if (c == '\n' && write(heard_fd[1], "", 1) < 0)
			return -errno;
	rewind(heard);
	return 0;
}

int nl_ask(struct nl *nl, uint8_t cmd, put_fn put, const void *words,
	   message_fn event, void *data)
{
	char buf[BUFFER] __aligned(8);

	put(begin(buf, cmd), words);
	return heard ? 0 : open_trace();
}

int nl_fd(const struct nl *nl)
{
	return heard_fd[0];
}

static int hear_end(message_fn event, void *data)
{
	char buf[BUFFER] __aligned(8);
	struct nlmsghdr *nlh = begin(buf, TCPDIAG_CMD_TRACE_END);

	mnl_attr_put_strz(nlh, TCPDIAG_A_TRACE_END_REASON, "time");
	return event(nlh, data);
}

int nl_listen(struct nl *nl, message_fn event, void *data)
{
	char buf[BUFFER] __aligned(8), text[512], *line = text, *name;
	struct nlmsghdr *nlh;
	size_t i;

	if (read(heard_fd[0], buf, 1) != 1)
		return -errno;
	if (!fgets(text, sizeof(text), heard))
		return hear_end(event, data);
	text[strcspn(text, "\n")] = '\0';
	name = strsep(&line, " ");
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (strcmp(name, lines[i].name))
			continue;
		nlh = begin(buf, lines[i].cmd);
		lines[i].put(nlh, line);
		return event(nlh, data);
	}
	return -EBADMSG;
}

int nl_join_findings(struct nl *nl)
{
	return 0;
}

int nl_subscribe(struct nl *nl, uint32_t stream, const struct filter *filter)
{
	return 0;
}

int nl_events(struct nl *nl, const struct view *event, row_fn fn, void *data)
{
	return nl_dump(nl, event, NULL, fn, data);
}
