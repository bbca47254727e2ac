// SPDX-License-Identifier: GPL-2.0
/*
 * tcpfuzz: keeps the sequences that reached something new, and lets workers run and
 * change them.
 *
 * usage: tcpfuzz SEED SECONDS CORPUS LAST [NETNS]
 *        tcpfuzz replay FILE [NETNS]
 *        tcpfuzz places [all]
 *
 * CORPUS is a file of sequences, one a line, to begin with; those that are kept are
 * appended. In the file LAST each worker keeps the last 64 sequences that it runs,
 * with numbers in their order: after a crash what to replay is there. NETNS is a
 * namespace for the call netns. What was done is printed, a number and what it counts
 * on each line. The last form prints how many places of the module have been reached,
 * or which: their offsets in its text.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tcpfuzz.h"

#define REACHED		"/sys/kernel/debug/tcpdiag_reached"
#define REACHED_BYTES	(4096 * 64)
#define WORKERS		2
#define KEPT_MAX	4096
#define A_LIFE		200
#define LAST_KEPT	64
/* The longest that a sequence may take, on the slowest kernel */
#define PATIENCE_S	120

/* The map of tcpdiag_reached.ko */
struct reached {
	unsigned int n, room;
	unsigned int at[];
};

static struct shared {
	bool stop;
	int kept;
	int lock;
	unsigned long long run, hung, died;
	unsigned long long calls[64];
	unsigned long long begun[WORKERS];
	time_t alive[WORKERS];
	struct sequence corpus[KEPT_MAX];
} *shared;

static struct reached *reached;
static FILE *corpus;
static int last = -1;

static unsigned int places(void)
{
	return reached ? __atomic_load_n(&reached->n, __ATOMIC_RELAXED) : 0;
}

static void keep(const struct sequence *s)
{
	char line[LINE_BYTES];
	int n;

	if (s->n < 1)
		return;
	while (__atomic_exchange_n(&shared->lock, 1, __ATOMIC_ACQUIRE))
		sched_yield();
	n = shared->kept;
	if (n < KEPT_MAX) {
		shared->corpus[n] = *s;
		__atomic_store_n(&shared->kept, n + 1, __ATOMIC_RELEASE);
		print_sequence(s, line, sizeof(line));
		fprintf(corpus, "%s\n", line);
		fflush(corpus);
	}
	__atomic_store_n(&shared->lock, 0, __ATOMIC_RELEASE);
}

/* A line of always the same length, so that it can be written over. */
static void write_last(int slot, const char *text)
{
	char line[LINE_BYTES + 1];

	snprintf(line, sizeof(line), "%-*.*s\n", LINE_BYTES - 1, LINE_BYTES - 1,
		 text);
	if (last >= 0 && pwrite(last, line, LINE_BYTES, slot * LINE_BYTES) < 0)
		last = -1;
}

static void open_last(const char *path)
{
	int i;

	last = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	for (i = 0; i < WORKERS * LAST_KEPT; i++)
		write_last(i, "");
}

/*
 * Written before it runs, straight to where it outlives this kernel; with a number,
 * by which they can be sorted.
 */
static void remember(int worker, const struct sequence *s)
{
	unsigned long long n = shared->begun[worker]++;
	char line[LINE_BYTES];
	int used;

	used = snprintf(line, sizeof(line), "%llu: ", shared->run);
	print_sequence(s, line + used, sizeof(line) - used);
	write_last(worker * LAST_KEPT + n % LAST_KEPT, line);
}

static void next_sequence(struct sequence *s)
{
	int kept = __atomic_load_n(&shared->kept, __ATOMIC_ACQUIRE);

	if (!kept || draw(8) == 0) {
		make_sequence(s);
		return;
	}
	/* the newest more often: they are what the others led to */
	*s = shared->corpus[draw(2) ? draw(kept) : kept - 1 - draw(kept < 32 ? kept : 32)];
	change_sequence(s, &shared->corpus[draw(kept)]);
}

/* A process that runs a few hundred sequences; what it leaked goes with it. */
static void work(int worker)
{
	struct sequence s;
	unsigned int before;
	int i;

	for (i = 0; i < A_LIFE && !shared->stop; i++) {
		next_sequence(&s);
		remember(worker, &s);
		before = places();
		run_sequence(&s);
		shared->alive[worker] = time(NULL);
		__atomic_fetch_add(&shared->run, 1, __ATOMIC_RELAXED);
		if (places() > before)
			keep(&s);
	}
	_exit(0);
}

static pid_t start(int worker, unsigned long long seed)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	seed_random(seed);
	work(worker);
	return 0;
}

/* Keeps WORKERS of them at work until time is up. */
static void supervise(unsigned long long seed, int seconds)
{
	time_t end = time(NULL) + seconds, now;
	pid_t pids[WORKERS] = { 0 };
	int i, status, running = 0;

	while ((now = time(NULL)) < end || running) {
		shared->stop = now >= end;
		running = 0;
		for (i = 0; i < WORKERS; i++) {
			if (pids[i] > 0 && waitpid(pids[i], &status, WNOHANG) == pids[i]) {
				pids[i] = 0;
				if (status)
					shared->died++;
			}
			if (!pids[i] && now < end) {
				shared->alive[i] = now;
				pids[i] = start(i, seed++);
			}
			if (pids[i] > 0 && now > shared->alive[i] + PATIENCE_S) {
				kill(pids[i], SIGKILL);
				shared->alive[i] = now;
				shared->hung++;
			}
			running += pids[i] > 0;
		}
		usleep(50000);
	}
}

static void read_corpus(const char *path)
{
	char line[LINE_BYTES + 2];
	struct sequence s;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f) && shared->kept < KEPT_MAX)
		if (parse_sequence(line, &s))
			shared->corpus[shared->kept++] = s;
	if (f)
		fclose(f);
}

static void map_reached(void)
{
	int fd = open(REACHED, O_RDONLY);
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, REACHED_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		reached = map;
	close(fd);
}

static void open_namespaces(const char *side)
{
	char path[100];

	world.home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/run/netns/%s", side ?: "");
	world.side = open(path, O_RDONLY | O_CLOEXEC);
}

static void print_counts(void)
{
	int i;

	printf("%llu sequences\n%d sequences kept\n%llu sequences hung\n%llu workers that died\n",
	       shared->run, shared->kept, shared->hung, shared->died);
	for (i = 0; i < kinds(); i++)
		if (shared->calls[i])
			printf("%llu calls of %s\n", shared->calls[i], kind_name(i));
}

/* Line by line; says which one it runs, so that the last one is the culprit. */
static int replay(const char *path)
{
	char line[LINE_BYTES + 2];
	FILE *f = fopen(path, "r");
	struct sequence s;

	if (!f) {
		perror(path);
		return 2;
	}
	while (fgets(line, sizeof(line), f)) {
		if (*line == '#' || !parse_sequence(line, &s))
			continue;
		fputs(line, stdout);
		fflush(stdout);
		run_sequence(&s);
		shared->run++;
	}
	fclose(f);
	return !shared->run;
}

static int print_places(bool all)
{
	unsigned int i;

	map_reached();
	if (!all)
		printf("%u\n", places());
	for (i = 0; all && i < places(); i++)
		printf("%#x\n", reached->at[i]);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long seed;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || argc < 2)
		return 2;
	if (!strcmp(argv[1], "places"))
		return print_places(argc > 2);
	if (argc < 3)
		return 2;
	calls_made = shared->calls;
	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(argv[1], "replay")) {
		open_namespaces(argv[3]);
		return replay(argv[2]);
	}
	if (argc < 5)
		return 2;
	open_namespaces(argv[5]);
	seed = strtoull(argv[1], NULL, 0);
	read_corpus(argv[3]);
	corpus = fopen(argv[3], "a");
	if (!corpus)
		return 2;
	open_last(argv[4]);
	map_reached();
	supervise(seed * 1000, atoi(argv[2]));
	print_counts();
	return 0;
}
