// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the parts of the command that are functions of their arguments: the filter,
 * escaping, durations, JSON, labels, ids of containers. KTAP.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/tcpdiag.h>

#include "escape.h"
#include "filter.h"
#include "human.h"
#include "json.h"
#include "netns.h"
#include "series.h"
#include "table.h"

#define WORDS_MAX	64

static unsigned int count, failed;

static void is(const char *got, const char *want, const char *what)
{
	bool good = !strcmp(got, want);

	printf("%sok %u %s\n", good ? "" : "not ", ++count, what);
	if (good)
		return;
	failed++;
	printf("#   got:      %s\n#   expected: %s\n", got, want);
}

static void append(char *buf, size_t size, const char *format, uint64_t n)
{
	size_t used = strlen(buf);

	snprintf(buf + used, size - used, format, n);
}

static void describe_prefix(char *buf, size_t size, const char *name,
			    const struct prefix *prefix)
{
	char addr[INET6_ADDRSTRLEN];
	size_t used = strlen(buf);

	if (!prefix->family)
		return;
	inet_ntop(prefix->family, prefix->addr, addr, sizeof(addr));
	snprintf(buf + used, size - used, " %s %s/%u", name, addr, prefix->len);
}

static void describe(char *buf, size_t size, const struct filter *f)
{
	if (f->states)
		append(buf, size, " states %" PRIx64, f->states);
	if (f->has_local_port)
		append(buf, size, " sport %" PRIu64, f->local_port);
	if (f->has_remote_port)
		append(buf, size, " dport %" PRIu64, f->remote_port);
	describe_prefix(buf, size, "src", &f->local);
	describe_prefix(buf, size, "dst", &f->remote);
	if (f->has_pid)
		append(buf, size, " pid %" PRIu64, f->pid);
	if (f->has_uid)
		append(buf, size, " uid %" PRIu64, f->uid);
	if (f->has_cgroup)
		append(buf, size, " cgroup %" PRIu64, f->cgroup);
	if (f->in_state_us)
		append(buf, size, " us %" PRIu64, f->in_state_us);
	if (*f->cc)
		snprintf(buf + strlen(buf), size - strlen(buf), " cc %s", f->cc);
}

/* What a filter means, or why it is none. */
static void meaning(char *buf, size_t size, const char *text)
{
	char copy[8192], *words[WORDS_MAX], *word;
	struct filter filter = { 0 };
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok(copy, " "); word && n < WORDS_MAX;
	     word = strtok(NULL, " "))
		words[n++] = word;
	*buf = '\0';
	if (filter_parse(&filter, n, words, buf, size)) {
		*buf = '\0';
		describe(buf, size, &filter);
	}
}

static const struct {
	const char *filter;
	const char *meaning;
} filters[] = {
	{ "", "" },
	{ "state close-wait", " states 100" },
	{ "state CLOSE_WAIT", " states 100" },
	{ "state established state time-wait", " states 42" },
	{ "state syn-recv", " states 1008" },
	{ "state all", " states 1ffe" },
	{ "state connected", " states 1b7e" },
	{ "state synchronized", " states 1b7a" },
	{ "state bucket", " states 1040" },
	{ "state big", " states fbe" },
	{ "exclude listen", " states 1bfe" },
	{ "state connected exclude established", " states 1b7c" },
	{ "state listen exclude listen", "no state is left" },
	{ "state open", "there is no state \"open\"" },
	{ "state", "nothing follows \"state\"" },
	{ "sport = :443", " sport 443" },
	{ "sport :443", " sport 443" },
	{ "sport eq 443", " sport 443" },
	{ "( sport = :443 and dport == :80 )", " sport 443 dport 80" },
	{ "sport = :0", " sport 0" },
	{ "sport = :65535", " sport 65535" },
	{ "sport = :65536", "there is no port \":65536\"" },
	{ "sport = :-1", "there is no port \":-1\"" },
	{ "sport = :", "there is no port \":\"" },
	{ "sport > :1024", "sport: only = is known, not \">\"" },
	{ "sport != :80", "sport: only = is known, not \"!=\"" },
	{ "sport =", "nothing follows \"sport\"" },
	{ "sport :1 sport :2", "the local port is given twice" },
	{ "src 10.0.0.0/8", " src 10.0.0.0/8" },
	{ "src 10.0.0.1", " src 10.0.0.1/32" },
	{ "src 0.0.0.0/0", " src 0.0.0.0/0" },
	{ "dst 10.0.0.1:80", " dport 80 dst 10.0.0.1/32" },
	{ "dst 10.0.0.0/8:80", " dport 80 dst 10.0.0.0/8" },
	{ "dst :80", " dport 80" },
	{ "dst ::1", " dst ::1/128" },
	{ "dst [::1]", " dst ::1/128" },
	{ "dst [::1]:80", " dport 80 dst ::1/128" },
	{ "dst [fd00::]/8", " dst fd00::/8" },
	{ "dst fd00::/8", " dst fd00::/8" },
	{ "src 10.0.0.0/33", "\"10.0.0.0/33\" is no address and no prefix" },
	{ "src fd00::/129", "\"fd00::/129\" has no length of a prefix" },
	{ "src 10.0.0/8", "\"10.0.0/8\" is no address and no prefix" },
	{ "src 10.0.0.1/", "\"10.0.0.1/\" has no length of a prefix" },
	{ "src example.org", "\"example.org\" is no address and no prefix" },
	{ "src 10.0.0.1 src 10.0.0.2", "an address is given twice" },
	{ "pid 812 uid 0", " pid 812 uid 0" },
	{ "uid root", " uid 0" },
	{ "uid nosuchuser", "there is no user \"nosuchuser\"" },
	{ "pid 0", "\"0\" is no pid" },
	{ "pid 1x", "\"1x\" is no pid" },
	{ "pid 2147483648", "\"2147483648\" is no pid" },
	{ "uid 4294967295", " uid 4294967295" },
	{ "cgroup 18446744073709551615", " cgroup 18446744073709551615" },
	{ "cgroup 18446744073709551616",
	  "there is no control group \"18446744073709551616\"" },
	{ "cc bbr3", " cc bbr3" },
	{ "cc aVeryLongName123", "\"aVeryLongName123\" is no algorithm" },
	{ "cc fifteen_letters", " cc fifteen_letters" },
	{ "for 5m", " us 300000000" },
	{ "for 1h30m", " us 5400000000" },
	{ "for soon", "\"soon\" is no time: write 90s, 5m or 1h30m" },
	{ "state close-wait sport = :443 pid 812 for 60",
	  " states 100 sport 443 pid 812 us 60000000" },
	{ "sport :1 or sport :2",
	  "\"or\" is not known: all conditions must be met" },
	{ "not sport :1", "\"not\" is not known: all conditions must be met" },
	{ "idle 5", "\"idle\" is no condition" },
	{ "\033[2J", "\"\\033[2J\" is no condition" },
};

static void test_filters(void)
{
	char got[1024], what[256], shown[200];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(filters); i++) {
		meaning(got, sizeof(got), filters[i].filter);
		escape_text(shown, sizeof(shown), filters[i].filter);
		snprintf(what, sizeof(what), "filter: %s", shown);
		is(got, filters[i].meaning, what);
	}
}

static void test_long_filter(void)
{
	char text[8192] = "", got[1024];

	while (strlen(text) < sizeof(text) - 8)
		strcat(text, "and ");
	meaning(got, sizeof(got), text);
	is(got, "", "64 words are not too many");
}

/* An attribute and its payload in hexadecimal, nests opened. */
static void describe_attr(char *buf, size_t size, const struct nlattr *attr,
			  int depth)
{
	const struct nlattr *inner;
	const uint8_t *data = mnl_attr_get_payload(attr);
	unsigned int i;

	append(buf, size, " %" PRIu64, mnl_attr_get_type(attr));
	if (depth && attr->nla_type & NLA_F_NESTED) {
		strcat(buf, "{");
		mnl_attr_for_each_nested(inner, attr)
			describe_attr(buf, size, inner, depth - 1);
		strcat(buf, " }");
		return;
	}
	strcat(buf, ":");
	for (i = 0; i < mnl_attr_get_payload_len(attr); i++)
		append(buf, size, "%02" PRIx64, data[i]);
}

/* Numbers are those of the uapi header; the bytes are of a little-endian machine. */
static void test_put(void)
{
	char buf[1024] __aligned(8), got[1024] = "";
	static const char *const words[] = { "state", "listen", "sport", "443", "dst", "10.0.0.0/8",
			  "pid", "7", "cc", "reno" };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct filter filter = { .columns = 1 << TCPDIAG_A_SOCKETS_PID };
	const struct nlattr *attr;

	filter_parse(&filter, ARRAY_SIZE(words), (char **)words, got, sizeof(got));
	filter_put(nlh, &filter);
	*got = '\0';
	mnl_attr_for_each(attr, nlh, 0)
		describe_attr(got, sizeof(got), attr, 3);
	is(got,
	   " 2{ 2:00040000 3:bb01 11:72656e6f00 6{ 1:0a000000 2:08 } 7:07000000 } 3:0004000000000000",
	   "a filter as attributes");
}

static const struct {
	const char *raw;
	const char *name;
	const char *utf8;
	const char *json;
} strings[] = {
	{ "nginx", "nginx", "nginx", "\"nginx\"" },
	{ "", "-", "", "\"\"" },
	{ "tmux: server", "tmux:\\040server", "tmux: server", "\"tmux: server\"" },
	{ "a\\040b", "a\\134040b", "a\\134040b", "\"a\\\\134040b\"" },
	{ "say \"hi\"", "say\\040\"hi\"", "say \"hi\"", "\"say \\\"hi\\\"\"" },
	{ "\n\t\001", "\\012\\011\\001", "\\012\\011\\001",
	  "\"\\\\012\\\\011\\\\001\"" },
	{ "\033[31m", "\\033[31m", "\\033[31m", "\"\\\\033[31m\"" },
	{ "\x7f", "\\177", "\\177", "\"\\\\177\"" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\\303\\274\\303\\237", "gr\xc3\xbc\xc3\x9f",
	  "\"gr\xc3\xbc\xc3\x9f\"" },
	{ "\xff\xfe", "\\377\\376", "\\377\\376", "\"\\\\377\\\\376\"" },
	{ "cut\xc3", "cut\\303", "cut\\303", "\"cut\\\\303\"" },
	{ "\xc0\xaf", "\\300\\257", "\\300\\257", "\"\\\\300\\\\257\"" },
	{ "\xed\xa0\x80", "\\355\\240\\200", "\\355\\240\\200",
	  "\"\\\\355\\\\240\\\\200\"" },
	{ "\xf4\x90\x80\x80", "\\364\\220\\200\\200", "\\364\\220\\200\\200",
	  "\"\\\\364\\\\220\\\\200\\\\200\"" },
	{ "\xc2\x9bm", "\\302\\233m", "\\302\\233m",
	  "\"\\\\302\\\\233m\"" },
	{ "\xf0\x9f\x92\xa9", "\\360\\237\\222\\251", "\xf0\x9f\x92\xa9",
	  "\"\xf0\x9f\x92\xa9\"" },
};

static void test_strings(void)
{
	char got[256], what[256];
	struct json json;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(strings); i++) {
		escape_name(got, sizeof(got), strings[i].raw);
		snprintf(what, sizeof(what), "a word: %s", strings[i].name);
		is(got, strings[i].name, what);
		escape_utf8(got, sizeof(got), strings[i].raw);
		is(got, strings[i].utf8, "... as UTF-8");
		memset(&json, 0, sizeof(json));
		memset(got, 0, sizeof(got));
		json.out = fmemopen(got, sizeof(got), "w");
		json_name(&json, strings[i].raw);
		fclose(json.out);
		is(got, strings[i].json, "... in JSON");
	}
}

static void test_cut(void)
{
	char got[8];

	escape_name(got, sizeof(got), "\001\001\001");
	is(got, "\\001", "a name that does not fit is cut between characters");
	escape_utf8(got, sizeof(got), "\xf0\x9f\x92\xa9\xf0\x9f\x92\xa9");
	is(got, "\xf0\x9f\x92\xa9", "... in UTF-8 too");
}

static const struct {
	uint64_t us;
	const char *text;
} durations[] = {
	{ 0, "0us" }, { 999, "999us" }, { 1000, "1.0ms" }, { 99999, "99.9ms" },
	{ 100000, "100ms" }, { 999999, "999ms" }, { 1000000, "1.0s" },
	{ 59999999, "59.9s" }, { 60000000, "1m00s" }, { 3599999999, "59m59s" },
	{ 3600000000, "1h00m" }, { 86400000000, "1d00h" },
};

static const struct {
	uint64_t n;
	const char *text;
} numbers[] = {
	{ 0, "0" }, { 999, "999" }, { 1000, "1.0k" }, { 99999, "99.9k" },
	{ 100000, "100k" }, { 999999, "999k" }, { 1000000, "1.0M" },
	{ UINT64_MAX, "18.4E" },
};

static void test_human(void)
{
	char got[HUMAN_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(durations); i++) {
		human_duration(got, durations[i].us);
		is(got, durations[i].text, "a duration");
	}
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		human_number(got, numbers[i].n);
		is(got, numbers[i].text, "a number");
	}
}

static const struct {
	const char *text;
	const char *us;
} times[] = {
	{ "90", "90000000" }, { "250ms", "250000" }, { "1h30m", "5400000000" },
	{ "2d", "172800000000" }, { "7us", "7" }, { "5min", "300000000" },
	{ "", "none" }, { "s", "none" }, { "5x", "none" }, { "-5s", "none" },
	{ "1h30", "3630000000" }, { "5 s", "none" },
	{ "99999999999999999999s", "none" }, { "18446744073710s", "none" },
};

static void test_times(void)
{
	char got[64], what[64];
	uint64_t us;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		snprintf(got, sizeof(got), "none");
		if (parse_duration(times[i].text, &us))
			snprintf(got, sizeof(got), "%" PRIu64, us);
		snprintf(what, sizeof(what), "a time: %s", times[i].text);
		is(got, times[i].us, what);
	}
}

static void test_labels(void)
{
	char labels[LABELS_LEN] = "", longer[2 * LABELS_LEN];

	label_add(labels, "a", "x");
	label_add(labels, "b", "\"\\\n");
	is(labels, "a=\"x\",b=\"\\\"\\\\\\n\"", "labels are escaped");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	*labels = '\0';
	label_add(labels, "a", longer);
	is(labels + strlen(labels) - 2, "x\"", "a label that is too long is cut");
}

static void test_table(void)
{
	const struct view *sockets = view_find("sockets");
	char got[64];

	is(view_find("close-wait")->name, "close_wait", "a dash for an underscore");
	is(view_find("sockets_") ? "found" : "none", "none", "no view of that name");
	snprintf(got, sizeof(got), "%d %d %d %d", view_column(sockets, "local", 5),
		 view_column(sockets, "in-state-us", 11),
		 view_column(sockets, "in_state", 8),
		 view_column(sockets, "locale", 6));
	is(got, "0 3 3 -1", "columns by name");
}

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_containers(void)
{
	static const struct {
		const char *cgroup;
		const char *id;
		const char *what;
	} cases[] = {
		{ "0::/init.scope\n", "", "no container" },
		{ "0::/system.slice/docker-" ID ".scope\n", "0123456789ab", "Docker, systemd" },
		{ "0::/docker/" ID "\n", "0123456789ab", "Docker, cgroupfs" },
		{ "0::/machine.slice/libpod-" ID ".scope/container\n", "0123456789ab",
		  "Podman" },
		{ "0::/kubepods.slice/kubepods-pod11112222_3333.slice/cri-containerd-" ID
		  ".scope\n", "0123456789ab", "Kubernetes, containerd" },
		{ "0::/kubepods/burstable/pod1111-2222/" ID "\n", "0123456789ab",
		  "Kubernetes, cgroupfs" },
		{ "12:pids:/docker/" ID "\n0::/docker/f" ID "\n", "0123456789ab",
		  "65 digits are no id" },
		{ "0::/a/f" ID "\n1::/docker/aaaa\n", "", "... nor are fewer" },
		{ "", "", "nothing" },
	};
	char id[CONTAINER_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		netns_container(id, cases[i].cgroup);
		is(id, cases[i].id, cases[i].what);
	}
}

int main(void)
{
	puts("KTAP version 1");
	test_filters();
	test_long_filter();
	test_put();
	test_strings();
	test_cut();
	test_human();
	test_times();
	test_labels();
	test_table();
	test_containers();
	printf("1..%u\n", count);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
