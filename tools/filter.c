// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a filter in the words of ss:
 *
 *   [state NAME | exclude NAME]...
 *   sport = :PORT   dport = :PORT   src ADDR[/LEN]   dst ADDR[/LEN]
 *   pid N   uid USER   cgroup ID|PATH   cc NAME   for TIME
 *
 * All conditions must be met; `and` between them may be written. The kernel sifts,
 * so what it cannot is an error here: `or`, `not`, ranges of ports.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <libmnl/libmnl.h>
#include <linux/tcpdiag.h>

#include "filter.h"
#include "escape.h"
#include "human.h"
#include "table.h"

#define CGROUPS	"/sys/fs/cgroup"
#define WORDS_MAX	128
#define BIT(n)	(1U << (n))

/* All states, and the groups of ss. */
#define ALL \
	(BIT(TCPDIAG_STATE_NEW_SYN_RECV + 1) - BIT(TCPDIAG_STATE_ESTABLISHED))
#define CONNECTED \
	(ALL & ~(BIT(TCPDIAG_STATE_LISTEN) | BIT(TCPDIAG_STATE_CLOSE)))
#define SYNCHRONIZED	(CONNECTED & ~BIT(TCPDIAG_STATE_SYN_SENT))

static const struct {
	const char *name;
	uint32_t states;
} state_names[] = {
	{ "established", BIT(TCPDIAG_STATE_ESTABLISHED) },
	{ "estab", BIT(TCPDIAG_STATE_ESTABLISHED) },
	{ "synsent", BIT(TCPDIAG_STATE_SYN_SENT) },
	{ "synrecv", BIT(TCPDIAG_STATE_SYN_RECV) |
		     BIT(TCPDIAG_STATE_NEW_SYN_RECV) },
	{ "newsynrecv", BIT(TCPDIAG_STATE_NEW_SYN_RECV) },
	{ "finwait1", BIT(TCPDIAG_STATE_FIN_WAIT1) },
	{ "finwait2", BIT(TCPDIAG_STATE_FIN_WAIT2) },
	{ "timewait", BIT(TCPDIAG_STATE_TIME_WAIT) },
	{ "closewait", BIT(TCPDIAG_STATE_CLOSE_WAIT) },
	{ "lastack", BIT(TCPDIAG_STATE_LAST_ACK) },
	{ "listen", BIT(TCPDIAG_STATE_LISTEN) },
	{ "listening", BIT(TCPDIAG_STATE_LISTEN) },
	{ "closing", BIT(TCPDIAG_STATE_CLOSING) },
	{ "close", BIT(TCPDIAG_STATE_CLOSE) },
	{ "closed", BIT(TCPDIAG_STATE_CLOSE) },
	{ "unconnected", BIT(TCPDIAG_STATE_CLOSE) },
	{ "all", ALL },
	{ "connected", CONNECTED },
	{ "synchronized", SYNCHRONIZED },
	{ "bucket", BIT(TCPDIAG_STATE_TIME_WAIT) |
		    BIT(TCPDIAG_STATE_NEW_SYN_RECV) },
	{ "big", ALL & ~(BIT(TCPDIAG_STATE_TIME_WAIT) |
			 BIT(TCPDIAG_STATE_NEW_SYN_RECV)) },
};

/**
 * struct parser - a filter that is being read
 * @filter: what has been read
 * @word: the next word
 * @end: behind the last one
 * @excluded: states that are excluded
 * @why: what is wrong
 * @size: size of @why
 */
struct parser {
	struct filter *filter;
	char **word;
	char **end;
	uint32_t excluded;
	char *why;
	unsigned int size;
};

__printf(2, 3)
static bool refuse(struct parser *p, const char *format, ...)
{
	char raw[512];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	escape_text(p->why, p->size, raw);
	return false;
}

/* As in ss, without regard to case, dashes and underscores. */
static bool is_state(const char *name, const char *word)
{
	for (; *word; word++) {
		if (*word == '-' || *word == '_')
			continue;
		if (*name++ != tolower((unsigned char)*word))
			return false;
	}
	return !*name;
}

static bool find_states(struct parser *p, const char *word, uint32_t *states)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(state_names); i++) {
		if (!is_state(state_names[i].name, word))
			continue;
		*states |= state_names[i].states;
		return true;
	}
	return refuse(p, "there is no state \"%s\"", word);
}

static bool parse_state(struct parser *p, const char *word)
{
	return find_states(p, word, &p->filter->states);
}

static bool parse_exclude(struct parser *p, const char *word)
{
	return find_states(p, word, &p->excluded);
}

/* ":443", "443", ":https" */
static bool find_port(struct parser *p, const char *word, uint16_t *port)
{
	const char *name = *word == ':' ? word + 1 : word;
	const struct servent *service;
	uint64_t n;

	if (parse_number(name, UINT16_MAX, &n)) {
		*port = n;
		return true;
	}
	service = getservbyname(name, "tcp");
	if (!service)
		return refuse(p, "there is no port \"%s\"", word);
	*port = ntohs(service->s_port);
	return true;
}

static bool parse_sport(struct parser *p, const char *word)
{
	if (p->filter->has_local_port)
		return refuse(p, "the local port is given twice");
	p->filter->has_local_port = true;
	return find_port(p, word, &p->filter->local_port);
}

static bool parse_dport(struct parser *p, const char *word)
{
	if (p->filter->has_remote_port)
		return refuse(p, "the remote port is given twice");
	p->filter->has_remote_port = true;
	return find_port(p, word, &p->filter->remote_port);
}

static bool set_address(struct prefix *prefix, const char *text)
{
	prefix->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(prefix->family, text, prefix->addr) == 1;
}

/* Takes the port off "ADDR:PORT" and "[ADDR]:PORT", and the brackets. */
static char *split_port(char *text)
{
	char *colon = strrchr(text, ':'), *bracket = strchr(text, ']');

	if (*text == '[' && bracket) {
		char *rest = bracket + 1;

		memmove(text, text + 1, bracket - text - 1);
		memmove(bracket - 1, rest, strlen(rest) + 1);
		colon = strchr(bracket - 1, ':');
		if (!colon)
			return NULL;
		*colon = '\0';
		return colon + 1;
	}
	if (!colon || strchr(text, ':') != colon)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

/* Takes the length off "ADDR/LEN". */
static bool split_length(char *text, uint64_t *len)
{
	char *slash = strchr(text, '/');

	*len = UINT64_MAX;
	if (!slash)
		return true;
	*slash = '\0';
	return parse_number(slash + 1, 128, len);
}

static bool set_prefix(struct prefix *prefix, char *text, uint64_t len)
{
	unsigned int bits;

	if (!set_address(prefix, text))
		return false;
	bits = prefix->family == AF_INET ? 32 : 128;
	if (len == UINT64_MAX)
		len = bits;
	prefix->len = len;
	return len <= bits;
}

/* "10.0.0.0/8", "[::1]", "127.0.0.1:80"; the port, if there is one, is set too. */
static bool find_prefix(struct parser *p, const char *word,
			struct prefix *prefix, const char **port)
{
	static char text[128];
	uint64_t len;

	if (prefix->family)
		return refuse(p, "an address is given twice");
	snprintf(text, sizeof(text), "%s", word);
	*port = split_port(text);
	if (!split_length(text, &len))
		return refuse(p, "\"%s\" has no length of a prefix", word);
	if (!*text && *port)
		return true;
	if (!set_prefix(prefix, text, len))
		return refuse(p, "\"%s\" is no address and no prefix", word);
	return true;
}

static bool parse_src(struct parser *p, const char *word)
{
	const char *port;

	if (!find_prefix(p, word, &p->filter->local, &port))
		return false;
	return !port || parse_sport(p, port);
}

static bool parse_dst(struct parser *p, const char *word)
{
	const char *port;

	if (!find_prefix(p, word, &p->filter->remote, &port))
		return false;
	return !port || parse_dport(p, port);
}

static bool parse_pid(struct parser *p, const char *word)
{
	uint64_t n;

	if (p->filter->has_pid)
		return refuse(p, "the pid is given twice");
	if (!parse_number(word, INT32_MAX, &n) || !n)
		return refuse(p, "\"%s\" is no pid", word);
	p->filter->has_pid = true;
	p->filter->pid = n;
	return true;
}

static bool parse_uid(struct parser *p, const char *word)
{
	const struct passwd *user;
	uint64_t n;

	if (p->filter->has_uid)
		return refuse(p, "the uid is given twice");
	if (!parse_number(word, UINT32_MAX, &n)) {
		user = getpwnam(word);
		if (!user)
			return refuse(p, "there is no user \"%s\"", word);
		n = user->pw_uid;
	}
	p->filter->has_uid = true;
	p->filter->uid = n;
	return true;
}

/* The id of a control group is the inode number of its directory. */
static bool find_cgroup(const char *path, uint64_t *id)
{
	char full[4096];
	struct stat st;

	snprintf(full, sizeof(full), "%s/%s",
		 !strncmp(path, CGROUPS "/", strlen(CGROUPS "/")) ? "" : CGROUPS,
		 path);
	if (stat(full, &st))
		return false;
	*id = st.st_ino;
	return true;
}

static bool parse_cgroup(struct parser *p, const char *word)
{
	if (p->filter->has_cgroup)
		return refuse(p, "the cgroup is given twice");
	p->filter->has_cgroup = true;
	if (parse_number(word, UINT64_MAX, &p->filter->cgroup) ||
	    find_cgroup(word, &p->filter->cgroup))
		return true;
	return refuse(p, "there is no control group \"%s\"", word);
}

static bool parse_cc(struct parser *p, const char *word)
{
	if (*p->filter->cc)
		return refuse(p, "the algorithm is given twice");
	if (!*word || strlen(word) >= CC_LEN)
		return refuse(p, "\"%s\" is no algorithm", word);
	snprintf(p->filter->cc, CC_LEN, "%s", word);
	return true;
}

static bool parse_for(struct parser *p, const char *word)
{
	if (p->filter->in_state_us)
		return refuse(p, "the time is given twice");
	if (!parse_duration(word, &p->filter->in_state_us))
		return refuse(p, "\"%s\" is no time: write 90s, 5m or 1h30m",
			      word);
	return true;
}

static const struct {
	const char *name;
	bool compares;
	bool (*parse)(struct parser *p, const char *word);
} conditions[] = {
	{ "state", false, parse_state },
	{ "exclude", false, parse_exclude },
	{ "sport", true, parse_sport },
	{ "dport", true, parse_dport },
	{ "src", true, parse_src },
	{ "dst", true, parse_dst },
	{ "pid", true, parse_pid },
	{ "uid", true, parse_uid },
	{ "cgroup", true, parse_cgroup },
	{ "cc", true, parse_cc },
	{ "for", false, parse_for },
};

static bool is_equal_sign(const char *word)
{
	return !strcmp(word, "=") || !strcmp(word, "==") || !strcmp(word, "eq");
}

static bool is_other_sign(const char *word)
{
	return strchr("<>!", *word) || !strcmp(word, "ge") ||
	       !strcmp(word, "le") || !strcmp(word, "gt") ||
	       !strcmp(word, "lt") || !strcmp(word, "ne") ||
	       !strcmp(word, "neq");
}

/* What a condition compares with, behind its sign if there is one. */
static bool parse_condition(struct parser *p, size_t i)
{
	if (conditions[i].compares && p->word < p->end) {
		if (is_equal_sign(*p->word))
			p->word++;
		else if (is_other_sign(*p->word))
			return refuse(p, "%s: only = is known, not \"%s\"",
				      conditions[i].name, *p->word);
	}
	if (p->word == p->end)
		return refuse(p, "nothing follows \"%s\"", conditions[i].name);
	return conditions[i].parse(p, *p->word++);
}

/* Words that change nothing where all conditions must be met. */
static bool is_noise(const char *word)
{
	return !strcmp(word, "and") || !strcmp(word, "&&") ||
	       !strcmp(word, "&") || !strcmp(word, "(") || !strcmp(word, ")");
}

static bool parse_word(struct parser *p)
{
	const char *word = *p->word++;
	size_t i;

	if (is_noise(word))
		return true;
	for (i = 0; i < ARRAY_SIZE(conditions); i++)
		if (!strcmp(conditions[i].name, word))
			return parse_condition(p, i);
	if (!strcmp(word, "or") || !strcmp(word, "not"))
		return refuse(p, "\"%s\" is not known: all conditions must be met",
			      word);
	return refuse(p, "\"%s\" is no condition", word);
}

/*
 * Splits arguments at blanks, as ss does: '( sport = :80 )' is often quoted.
 * Returns how many words there are; more than fit are left out.
 */
static int split(char *text, size_t size, char **words, int argc, char **argv)
{
	int i, n = 0;
	char *word;

	*text = '\0';
	for (i = 0; i < argc; i++) {
		size_t used = strlen(text);

		snprintf(text + used, size - used, "%s ", argv[i]);
	}
	for (word = strtok(text, " \t"); word && n < WORDS_MAX;
	     word = strtok(NULL, " \t"))
		words[n++] = word;
	return n;
}

/**
 * filter_parse() - read a filter
 * @filter: what was read, zeroed before
 * @argc: number of words
 * @argv: the words
 * @why: what is wrong
 * @size: size of @why
 *
 * Return: false if it is no filter; then @why says why.
 */
bool filter_parse(struct filter *filter, int argc, char **argv, char *why,
		  unsigned int size)
{
	char text[4096], *words[WORDS_MAX];
	struct parser p = {
		.filter = filter,
		.word = words,
		.why = why,
		.size = size,
	};

	p.end = words + split(text, sizeof(text), words, argc, argv);
	if (p.end == words + WORDS_MAX)
		return refuse(&p, "the filter is too long");
	while (p.word < p.end)
		if (!parse_word(&p))
			return false;
	if (!p.excluded)
		return true;
	filter->states = (filter->states ? filter->states : ALL) & ~p.excluded;
	return filter->states || refuse(&p, "no state is left");
}

static void put_prefix(struct nlmsghdr *nlh, uint16_t type,
		       const struct prefix *prefix)
{
	struct nlattr *nest;

	if (!prefix->family)
		return;
	nest = mnl_attr_nest_start(nlh, type);
	mnl_attr_put(nlh, TCPDIAG_A_PREFIX_ADDR,
		     prefix->family == AF_INET ? 4 : 16, prefix->addr);
	mnl_attr_put_u8(nlh, TCPDIAG_A_PREFIX_LEN, prefix->len);
	mnl_attr_nest_end(nlh, nest);
}

static void put_owner(struct nlmsghdr *nlh, const struct filter *filter)
{
	if (filter->has_pid)
		mnl_attr_put_u32(nlh, TCPDIAG_A_FILTER_PID, filter->pid);
	if (filter->has_uid)
		mnl_attr_put_u32(nlh, TCPDIAG_A_FILTER_UID, filter->uid);
	if (filter->has_cgroup)
		mnl_attr_put_u64(nlh, TCPDIAG_A_FILTER_CGROUP, filter->cgroup);
}

static void put_rest(struct nlmsghdr *nlh, const struct filter *filter)
{
	if (filter->states)
		mnl_attr_put_u32(nlh, TCPDIAG_A_FILTER_STATES, filter->states);
	if (filter->has_local_port)
		mnl_attr_put_u16(nlh, TCPDIAG_A_FILTER_LOCAL_PORT,
				 filter->local_port);
	if (filter->has_remote_port)
		mnl_attr_put_u16(nlh, TCPDIAG_A_FILTER_REMOTE_PORT,
				 filter->remote_port);
	if (filter->in_state_us)
		mnl_attr_put_u64(nlh, TCPDIAG_A_FILTER_MIN_IN_STATE_US,
				 filter->in_state_us);
	if (*filter->cc)
		mnl_attr_put_strz(nlh, TCPDIAG_A_FILTER_CC, filter->cc);
}

/**
 * filter_put_nest() - put the conditions of a filter into a request
 * @nlh: the request, with room for 256 bytes
 * @type: number of the attribute
 * @filter: the filter
 */
void filter_put_nest(struct nlmsghdr *nlh, uint16_t type,
		     const struct filter *filter)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	put_rest(nlh, filter);
	put_prefix(nlh, TCPDIAG_A_FILTER_LOCAL_PREFIX, &filter->local);
	put_prefix(nlh, TCPDIAG_A_FILTER_REMOTE_PREFIX, &filter->remote);
	put_owner(nlh, filter);
	mnl_attr_nest_end(nlh, nest);
}

/**
 * filter_put() - put a filter into a request for the view sockets
 * @nlh: the request, with room for 300 bytes
 * @filter: the filter
 */
void filter_put(struct nlmsghdr *nlh, const struct filter *filter)
{
	filter_put_nest(nlh, TCPDIAG_A_SOCKETS_FILTER, filter);
	if (filter->columns)
		mnl_attr_put_u64(nlh, TCPDIAG_A_SOCKETS_COLUMNS, filter->columns);
}

/**
 * filter_is_of_ends() - whether all conditions are about addresses and ports
 * @filter: the filter
 *
 * Return: true if they are.
 */
bool filter_is_of_ends(const struct filter *filter)
{
	return !filter->states && !filter->has_pid && !filter->has_uid &&
	       !filter->has_cgroup && !filter->in_state_us && !*filter->cc;
}
