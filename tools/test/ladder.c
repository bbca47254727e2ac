// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the drawing of the command trace, which is a function of segments and
 * changes of state: what it draws of connections that are made up here. KTAP.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "ladder.h"
#include "tool.h"

#define S	FLAG_SYN
#define A	FLAG_ACK
#define F	FLAG_FIN
#define R	FLAG_RST
#define P	FLAG_PSH

/* ISNs close to the end of the numbers, so that they wrap. */
#define OURS	4294967290U
#define PEERS	4294967000U

static unsigned int count, failed;

/**
 * struct drawing - a drawing, and what is drawn
 * @tool: how to run
 * @ladder: the drawing
 * @text: what was drawn
 * @size: its size
 */
static struct drawing {
	struct tool tool;
	struct ladder ladder;
	char *text;
	size_t size;
} d;

static void begin(unsigned int width, bool utf8)
{
	d.tool = (struct tool) { .width = width };
	d.tool.out = open_memstream(&d.text, &d.size);
	if (!d.tool.out)
		exit(1);
	ladder_init(&d.ladder, &d.tool, utf8);
}

static void show_lines(const char *name, const char *text)
{
	printf("#   %s:\n#     ", name);
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n')
			printf("#     ");
	}
	putchar('\n');
}

static void end_is(const char *want, const char *what)
{
	bool good;

	ladder_end(&d.ladder);
	fclose(d.tool.out);
	good = !strcmp(d.text, want);
	printf("%sok %u %s\n", good ? "" : "not ", ++count, what);
	if (!good) {
		failed++;
		show_lines("got", d.text);
		show_lines("expected", want);
	}
	free(d.text);
}

static struct end end_of(const char *addr, uint16_t port)
{
	struct end end = { .has_port = true, .port = port };

	end.family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	inet_pton(end.family, addr, end.addr);
	return end;
}

static struct ends ends_of(uint16_t port)
{
	return (struct ends) {
		.local = end_of("10.0.1.1", port),
		.remote = end_of("10.0.1.2", 8080),
	};
}

static struct segment make(uint64_t ms, bool out, uint8_t flags, uint32_t seq,
			   uint32_t ack, uint32_t len)
{
	return (struct segment) {
		.ends = ends_of(40000),
		.us = 1000000 + ms * 1000,
		.out = out,
		.flags = flags,
		.seq = (out ? OURS : PEERS) + seq,
		.ack = (out ? PEERS : OURS) + ack,
		.has_len = true,
		.len = len,
		.packets = 1,
		.window = 512,
	};
}

static void out(uint64_t ms, uint8_t flags, uint32_t seq, uint32_t ack,
		uint32_t len)
{
	struct segment s = make(ms, true, flags, seq, ack, len);

	ladder_segment(&d.ladder, &s);
}

static void in(uint64_t ms, uint8_t flags, uint32_t seq, uint32_t ack,
	       uint32_t len)
{
	struct segment s = make(ms, false, flags, seq, ack, len);

	ladder_segment(&d.ladder, &s);
}

static void state(uint64_t ms, const char *from, const char *to,
		  uint64_t stay_ms)
{
	struct change c = {
		.ends = ends_of(40000),
		.us = 1000000 + ms * 1000,
		.has_stay = true,
		.stay_us = stay_ms * 1000,
	};

	snprintf(c.from, sizeof(c.from), "%s", from);
	snprintf(c.to, sizeof(c.to), "%s", to);
	ladder_change(&d.ladder, &c);
}

static void reset(uint64_t ms, const char *reason)
{
	struct reset r = { .ends = ends_of(40000), .us = 1000000 + ms * 1000 };

	snprintf(r.reason, sizeof(r.reason), "%s", reason);
	ladder_reset(&d.ladder, &r);
}

static void syn(uint64_t ms, bool out, uint8_t flags)
{
	struct segment s = make(ms, out, flags, 0, 1, 0);

	s.mss = 1460;
	s.has_wscale = true;
	s.wscale = 7;
	s.sack = true;
	s.has_ts = true;
	ladder_segment(&d.ladder, &s);
}

static void windowed(uint64_t ms, bool out, uint32_t seq, uint32_t ack,
		     uint16_t window)
{
	struct segment s = make(ms, out, A, seq, ack, 0);

	s.window = window;
	ladder_segment(&d.ladder, &s);
}

/* What opened() draws, in 80 columns of ASCII. */
#define OPENED \
	"\n" \
	"#1        time state        10.0.1.1:40000                         10.0.1.2:8080\n" \
	"#1    0.000000 (SYN_SENT)   |                                                  |\n" \
	"#1    0.000000              |- SYN  ISN 4294967290 --------------------------->|\n" \
	"                            |   no options                                     |\n" \
	"#1    0.001000              |< SYN-ACK  ISN 4294967000  ack 1 -----------------|\n" \
	"                            |   no options                                     |\n" \
	"#1    0.001000 ESTABLISHED  |   SYN_SENT lasted 1.0ms                          |\n" \
	"#1    0.001000              |- ACK 1 ----------------------------------------->|\n"

static void opened(void)
{
	out(0, S, 0, 0, 0);
	in(1, S | A, 0, 1, 0);
	state(1, "SYN_SENT", "ESTABLISHED", 1);
	out(1, A, 1, 1, 0);
}

static void test_life(void)
{
	begin(80, false);
	syn(0, true, S);
	syn(1, false, S | A);
	state(1, "SYN_SENT", "ESTABLISHED", 1);
	out(1, A, 1, 1, 0);
	out(2, A | P, 1, 1, 100);
	in(3, A, 1, 101, 0);
	in(4, A, 1, 101, 1448);
	in(4, A, 1449, 101, 1448);
	in(4, A | P, 2897, 101, 1000);
	out(5, A, 101, 3897, 0);
	state(9, "ESTABLISHED", "FIN_WAIT1", 8);
	out(9, F | A, 101, 3897, 0);
	in(10, A, 3897, 102, 0);
	state(10, "FIN_WAIT1", "FIN_WAIT2", 1);
	in(20, F | A, 3897, 102, 0);
	state(20, "FIN_WAIT2", "TIME_WAIT", 10);
	out(20, A, 102, 3898, 0);
	state(60020, "TIME_WAIT", "CLOSE", 60000);
	end_is("\n"
	       "#1        time state        10.0.1.1:40000                         10.0.1.2:8080\n"
	       "#1    0.000000 (SYN_SENT)   |                                                  |\n"
	       "#1    0.000000              |- SYN  ISN 4294967290 --------------------------->|\n"
	       "                            |   mss 1460, wscale 7, SACK, timestamps           |\n"
	       "#1    0.001000              |< SYN-ACK  ISN 4294967000  ack 1 -----------------|\n"
	       "                            |   mss 1460, wscale 7, SACK, timestamps           |\n"
	       "#1    0.001000 ESTABLISHED  |   SYN_SENT lasted 1.0ms                          |\n"
	       "#1    0.001000              |- ACK 1 ----------------------------------------->|\n"
	       "#1    0.002000              |- 100 bytes  1:101 ------------------------------>|\n"
	       "#1    0.003000              |< ACK 101 ----------------------------------------|\n"
	       "#1    0.004000              |< 3 segments, 3896 bytes  1:3897 -----------------|\n"
	       "#1    0.005000              |- ACK 3897 -------------------------------------->|\n"
	       "#1    0.009000 FIN_WAIT1    |   ESTABLISHED lasted 8.0ms                       |\n"
	       "#1    0.009000              |- FIN  seq 101  ack 3897 ------------------------>|\n"
	       "#1    0.010000              |< ACK 102 ----------------------------------------|\n"
	       "#1    0.010000 FIN_WAIT2    |   FIN_WAIT1 lasted 1.0ms                         |\n"
	       "#1    0.020000              |< FIN  seq 3897  ack 102 -------------------------|\n"
	       "#1    0.020000 TIME_WAIT    |   FIN_WAIT2 lasted 10.0ms                        |\n"
	       "#1    0.020000              |- ACK 3898 -------------------------------------->|\n"
	       "#1   60.020000 CLOSE        |   TIME_WAIT lasted 1m00s                         |\n",
	       "a connection from its SYN to the end of TIME_WAIT");
}

static void test_utf8(void)
{
	begin(72, true);
	out(0, S, 0, 0, 0);
	in(1, R | A, 0, 1, 0);
	state(1, "SYN_SENT", "CLOSE", 1);
	end_is("\n"
	       "#1        time state        10.0.1.1:40000                 10.0.1.2:8080\n"
	       "#1    0.000000 (SYN_SENT)   │                                          │\n"
	       "#1    0.000000              ├─ SYN  ISN 4294967290 ───────────────────▶│\n"
	       "                            │   no options                             │\n"
	       "#1    0.001000              │◀ RST  seq 0  ack 1 ──────────────────────┤\n"
	       "#1    0.001000 CLOSE        │   SYN_SENT lasted 1.0ms                  │\n",
	       "a refused connection in 72 columns, in UTF-8");
}

static void test_lost_syn_ack(void)
{
	begin(80, false);
	in(0, S, 0, 0, 0);
	out(0, S | A, 0, 1, 0);
	out(1000, S | A, 0, 1, 0);
	in(1020, S, 0, 0, 0);
	out(3000, S | A, 0, 1, 0);
	in(3050, A, 1, 1, 0);
	state(3050, "SYN_RECV", "ESTABLISHED", 0);
	end_is("\n"
	       "#1        time state        10.0.1.1:40000                         10.0.1.2:8080\n"
	       "#1    0.000000              |< SYN  ISN 4294967000 ----------------------------|\n"
	       "                            |   no options                                     |\n"
	       "#1    0.000000 (SYN_RECV)   |                                                  |\n"
	       "#1    0.000000              |- SYN-ACK  ISN 4294967290  ack 1 ---------------->|\n"
	       "                            |   no options                                     |\n"
	       "#1    1.000000              |- SYN-ACK  ISN 4294967290  ack 1  retransmit ---->|\n"
	       "#1    1.020000              |< SYN  ISN 4294967000  seen before ---------------|\n"
	       "#1    3.000000              |- SYN-ACK  ISN 4294967290  ack 1  retransmit 2 -->|\n"
	       "#1    3.050000              |< ACK 1 ------------------------------------------|\n"
	       "#1    3.050000 ESTABLISHED  |   SYN_RECV lasted 3.0s                           |\n",
	       "a server whose SYN-ACK is lost");
}

static void test_bursts(void)
{
	unsigned int i;

	begin(80, false);
	opened();
	/* what was acknowledged meanwhile is the other arrow of a burst */
	for (i = 0; i < 10; i++) {
		out(10 + i, A, 1 + 1000 * i, 1, 1000);
		in(10 + i, A, 1, 1001 + 1000 * i, 0);
	}
	/* after 200 ms it is drawn, though more follows */
	ladder_rest(&d.ladder, 1000000 + 209 * 1000);
	out(209, A, 10001, 1, 1000);
	ladder_rest(&d.ladder, 1000000 + 210 * 1000);
	out(210, A, 11001, 1, 1000);
	/* a request, and its answer with the acknowledgment */
	in(220, A | P, 1, 12001, 50);
	out(221, A | P, 12001, 51, 60);
	/* two that follow each other with something missing between them */
	in(230, A, 51, 12061, 10);
	in(231, A, 71, 12061, 10);
	in(232, A, 61, 12061, 10);
	end_is(OPENED
	       "#1    0.010000              |- 11 segments, 11000 bytes  1:11001 ------------->|\n"
	       "#1    0.010000              |< 10 ACKs, up to 10001 ---------------------------|\n"
	       "#1    0.210000              |- 1000 bytes  11001:12001 ----------------------->|\n"
	       "#1    0.220000              |< 50 bytes  1:51  ack 12001 ----------------------|\n"
	       "#1    0.221000              |- 60 bytes  12001:12061  ack 51 ----------------->|\n"
	       "#1    0.230000              |< 10 bytes  51:61  ack 12061 ---------------------|\n"
	       "                            |   10 bytes missing before this                   |\n"
	       "#1    0.231000              |< 10 bytes  71:81  ack 12061 ---------------------|\n"
	       "#1    0.232000              |< 10 bytes  61:71  late --------------------------|\n",
	       "segments that follow each other are one arrow");
}

static void test_again(void)
{
	begin(80, false);
	opened();
	out(10, A, 1, 1, 1000);
	out(10, A, 1001, 1, 1000);
	out(210, A, 1, 1, 1000);
	out(610, A, 1, 1, 1000);
	in(620, A, 1, 2001, 0);
	in(630, A, 1, 2001, 500);
	out(630, A, 2001, 501, 0);
	in(640, A, 1, 2001, 500);
	out(650, F | A, 2001, 501, 0);
	out(850, F | A, 2001, 501, 0);
	out(1250, F | A, 2001, 501, 0);
	end_is(OPENED
	       "#1    0.010000              |- 2 segments, 2000 bytes  1:2001 ---------------->|\n"
	       "#1    0.210000              |- 1000 bytes  1:1001  retransmit ---------------->|\n"
	       "#1    0.610000              |- 1000 bytes  1:1001  retransmit 2 -------------->|\n"
	       "#1    0.620000              |< ACK 2001 ---------------------------------------|\n"
	       "#1    0.630000              |< 500 bytes  1:501 -------------------------------|\n"
	       "#1    0.630000              |- ACK 501 --------------------------------------->|\n"
	       "#1    0.640000              |< 500 bytes  1:501  seen before ------------------|\n"
	       "#1    0.650000              |- FIN  seq 2001  ack 501 ------------------------>|\n"
	       "#1    0.850000              |- FIN  seq 2001  ack 501  retransmit ------------>|\n"
	       "#1    1.250000              |- FIN  seq 2001  ack 501  retransmit 2 ---------->|\n",
	       "what was there before is marked");
}

static void test_probes(void)
{
	begin(80, false);
	opened();
	out(10, A, 1, 1, 1000);
	windowed(10, false, 1, 1001, 0);
	out(210, A, 1000, 1, 0);
	windowed(210, false, 1, 1001, 0);
	windowed(300, false, 1, 1001, 512);
	out(7200000, A, 1000, 1, 0);
	in(7200001, A, 1, 1001, 0);
	end_is(OPENED
	       "#1    0.010000              |- 1000 bytes  1:1001 ---------------------------->|\n"
	       "#1    0.010000              |< ACK 1001  window 0 -----------------------------|\n"
	       "#1    0.210000              |- ACK 1  window probe --------------------------->|\n"
	       "#1    0.210000              |< ACK 1001  window 0 -----------------------------|\n"
	       "#1    0.300000              |< ACK 1001 ---------------------------------------|\n"
	       "#1  7200.000000              |- ACK 1  keepalive probe ------------------------>|\n"
	       "#1  7200.001000              |< ACK 1001 ---------------------------------------|\n",
	       "a closed window and a keepalive are probed");
}

static void test_reset(void)
{
	begin(80, false);
	opened();
	in(10, A | P, 1, 1, 100);
	out(10, A, 1, 101, 0);
	state(20, "ESTABLISHED", "CLOSE", 19);
	out(20, R | A, 1, 101, 0);
	reset(20, "TCP_ABORT_ON_CLOSE");
	end_is(OPENED
	       "#1    0.010000              |< 100 bytes  1:101 -------------------------------|\n"
	       "#1    0.010000              |- ACK 101 --------------------------------------->|\n"
	       "#1    0.020000 CLOSE        |   ESTABLISHED lasted 19.0ms                      |\n"
	       "#1    0.020000              |- RST  seq 1  ack 101 --------------------------->|\n"
	       "                            |   TCP_ABORT_ON_CLOSE: data unread at close()     |\n",
	       "a RST and its reason, which is told after it");
	begin(80, false);
	in(0, S, 0, 0, 0);
	reset(0, "NO_SOCKET");
	out(0, R | A, 0, 1, 0);
	in(10, S, 5000, 0, 0);
	reset(10, "SOMETHING_NEW");
	out(10, R | A, 0, 5001, 0);
	end_is("\n"
	       "#1        time state        10.0.1.1:40000                         10.0.1.2:8080\n"
	       "#1    0.000000              |< SYN  ISN 4294967000 ----------------------------|\n"
	       "                            |   no options                                     |\n"
	       "#1    0.000000              |- RST  seq 0  ack 1 ----------------------------->|\n"
	       "                            |   NO_SOCKET: nobody has this port open           |\n"
	       "\n"
	       "#2        time state        10.0.1.1:40000                         10.0.1.2:8080\n"
	       "#2    0.010000              |< SYN  ISN 4704 ----------------------------------|\n"
	       "                            |   no options                                     |\n"
	       "#2    0.010000              |- RST  seq 0  ack 1 ----------------------------->|\n"
	       "                            |   SOMETHING_NEW                                  |\n",
	       "... or before it, and another try");
}

static void test_middle(void)
{
	begin(80, false);
	out(0, A, 5000, 700, 100);
	in(1, A, 700, 5100, 0);
	state(1, "ESTABLISHED", "CLOSE_WAIT", 5000);
	end_is("\n"
	       "#1        time state        10.0.1.1:40000                         10.0.1.2:8080\n"
	       "                            |   SYN not seen: numbers begin here               |\n"
	       "#1    0.000000              |- 100 bytes  0:100 ------------------------------>|\n"
	       "#1    0.001000              |< ACK 100 ----------------------------------------|\n"
	       "#1    0.001000 CLOSE_WAIT   |   ESTABLISHED lasted 5.0s                        |\n",
	       "a connection that was there before the trace");
}

static void test_two(void)
{
	struct segment s = make(0, true, S, 0, 0, 0);
	struct end end = s.ends.local;

	begin(80, false);
	ladder_segment(&d.ladder, &s);
	s.ends.local = s.ends.remote;
	s.ends.remote = end;
	s.out = false;
	ladder_segment(&d.ladder, &s);
	ladder_note(&d.ladder, "12 segments not shown: rate limit");
	/* the same ends once more */
	state(100, "CLOSE", "SYN_SENT", 0);
	out(100, S, 77, 0, 0);
	s.ends.local = end_of("2001:db8:1111:2222:3333:4444:5555:6666", 40000);
	s.ends.remote = end_of("2001:db8::2", 443);
	s.us += 200000;
	ladder_segment(&d.ladder, &s);
	end_is("\n"
	       "#1        time state        10.0.1.1:40000                         10.0.1.2:8080\n"
	       "#1    0.000000 (SYN_SENT)   |                                                  |\n"
	       "#1    0.000000              |- SYN  ISN 4294967290 --------------------------->|\n"
	       "                            |   no options                                     |\n"
	       "\n"
	       "#2        time state        10.0.1.2:8080                         10.0.1.1:40000\n"
	       "                            |   the other end of #1                            |\n"
	       "#2    0.000000              |< SYN  ISN 4294967290 ----------------------------|\n"
	       "                            |   no options                                     |\n"
	       "    12 segments not shown: rate limit\n"
	       "\n"
	       "#3        time state        10.0.1.1:40000                         10.0.1.2:8080\n"
	       "                            |   the other end of #2                            |\n"
	       "#3    0.100000 SYN_SENT     |                                                  |\n"
	       "#3    0.100000              |- SYN  ISN 71 ----------------------------------->|\n"
	       "                            |   no options                                     |\n"
	       "\n"
	       "#4        time state        [2001:db8:1111:2222:3333:4444:5555:6666]:40000\n"
	       "                                                               [2001:db8::2]:443\n"
	       "#4    0.200000              |< SYN  ISN 4294967290 ----------------------------|\n"
	       "                            |   no options                                     |\n",
	       "several connections, and a line about all");
}

static void test_odd(void)
{
	struct segment s = make(0, true, A, 5, 5, 0);

	begin(20, false);
	s.has_len = false;
	ladder_segment(&d.ladder, &s);
	s.has_len = true;
	s.flags = 0;
	ladder_segment(&d.ladder, &s);
	s.flags = 0xff;
	ladder_segment(&d.ladder, &s);
	end_is("\n"
	       "#1        time state        10.0.1.1:40000               10.0.1.2:8080\n"
	       "                            |   SYN not seen: numbers begin here     |\n"
	       "#1    0.000000              |- a fragment from 0  ack 0 ------------>|\n"
	       "#1    0.000000              |- no flags ---------------------------->|\n"
	       "#1    0.000000              |- RST  seq 0  ack 0 ------------------->|\n",
	       "odd segments on a narrow terminal");
}

/* One that was forgotten is followed anew; nothing waits for it. */
static void test_crowd(void)
{
	struct segment s = make(0, true, A, 5, 5, 10);
	unsigned int i;
	char *before;

	begin(80, false);
	for (i = 0; i < 3 * FLOWS_OVER; i++) {
		s.ends = ends_of(i + 1);
		s.flags = A;
		ladder_segment(&d.ladder, &s);
		s.flags = R;
		ladder_segment(&d.ladder, &s);
		s.flags = A;
		ladder_segment(&d.ladder, &s);
	}
	before = d.ladder.flows.n > FLOWS_OVER ? "more" : "at most 256";
	d.tool.out = freopen("/dev/null", "w", d.tool.out) ?: d.tool.out;
	ladder_end(&d.ladder);
	fclose(d.tool.out);
	free(d.text);
	printf("%sok %u connections that ended are forgotten\n",
	       *before == 'm' ? "not " : "", ++count);
	failed += *before == 'm';
}

static void test_full(void)
{
	struct segment s = make(0, true, A, 5, 5, 10);
	unsigned int i, refused = 0;

	begin(80, false);
	for (i = 0; i < FLOWS_MAX + 10; i++) {
		s.ends = ends_of(i + 1);
		refused += !ladder_segment(&d.ladder, &s);
	}
	ladder_end(&d.ladder);
	fclose(d.tool.out);
	free(d.text);
	printf("%sok %u there are not too many connections at once\n",
	       refused == 10 ? "" : "not ", ++count);
	failed += refused != 10;
}

int main(void)
{
	test_life();
	test_utf8();
	test_lost_syn_ack();
	test_bursts();
	test_again();
	test_probes();
	test_reset();
	test_middle();
	test_two();
	test_odd();
	test_crowd();
	test_full();
	printf("1..%u\n", count);
	return failed ? 1 : 0;
}
