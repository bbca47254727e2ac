// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the suites of the units in a program of 32 bits, and has what the units call of
 * the kernel. Prints what fails, then a count. Exits with 1 if something failed.
 */
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

#include "standin.h"

/* here it is the library's */
#undef snprintf

#define SUITES_MAX	64

static const struct kunit_suite *suites[SUITES_MAX];
static unsigned int nr_suites, cases, failures;

/* Of a signed overflow the compiler makes a trap. */
static const struct kunit_case *running;

static void trapped(int signal)
{
	dprintf(1, "%s: %s\n", running->name, signal == SIGILL ?
		"signed overflow" : "wrong address");
	_exit(1);
}

void add_suite(const struct kunit_suite *suite)
{
	if (nr_suites == SUITES_MAX)
		abort();
	suites[nr_suites++] = suite;
}

void fail(struct kunit *test, const char *file, int line, const char *what)
{
	if (!test->failed)
		printf("%s: %s: %s:%d: %s\n", test->suite, test->name, file,
		       line, what);
	test->failed = true;
}

static void run_once(const struct kunit_suite *suite,
		     const struct kunit_case *c, const void *value)
{
	struct kunit test = {
		.suite = suite->name, .name = c->name, .param_value = value,
	};

	running = c;
	if (!setjmp(test.leave)) {
		if (suite->init && suite->init(&test))
			fail(&test, suite->name, 0, "init");
		else
			c->run_case(&test);
	}
	if (suite->exit)
		suite->exit(&test);
	cases++;
	failures += test.failed;
}

static void run_suite(const struct kunit_suite *suite)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	const struct kunit_case *c;
	const void *value;

	for (c = suite->test_cases; c->run_case; c++) {
		if (!c->next) {
			run_once(suite, c, NULL);
			continue;
		}
		for (value = c->next(NULL, desc); value;
		     value = c->next(value, desc))
			run_once(suite, c, value);
	}
}

int main(void)
{
	unsigned int i;

	signal(SIGILL, trapped);
	signal(SIGSEGV, trapped);
	for (i = 0; i < nr_suites; i++)
		run_suite(suites[i]);
	printf("%u suites, %u cases, %u failed\n", nr_suites, cases, failures);
	return failures || !cases;
}

u64 div64_u64_rem(u64 n, u64 by, u64 *rest)
{
	*rest = n % by;
	return n / by;
}

u64 div64_u64(u64 n, u64 by)
{
	return n / by;
}

u64 div_u64_rem(u64 n, u32 by, u32 *rest)
{
	*rest = n % by;
	return n / by;
}

u64 div_u64(u64 n, u32 by)
{
	return n / by;
}

s64 div_s64(s64 n, s32 by)
{
	return n / by;
}

/* The high and the low half of a * b. */
static void multiply(u64 a, u64 b, u64 *high, u64 *low)
{
	u64 mid = (u32)a * (b >> 32), top = (a >> 32) * (b >> 32);
	u64 bottom = (u64)(u32)a * (u32)b, other = (a >> 32) * (u32)b;

	mid += bottom >> 32;
	top += mid >> 32;
	mid = (u32)mid + other;
	*high = top + (mid >> 32);
	*low = mid << 32 | (u32)bottom;
}

u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	u64 high, low;

	multiply(a, b, &high, &low);
	if (shift >= 64)
		return high >> (shift - 64);
	return shift ? high << (64 - shift) | low >> shift : low;
}

u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 by)
{
	u64 high, low, q = 0;
	int i;

	multiply(a, b, &high, &low);
	for (i = 0; i < 64; i++) {
		bool carry = high >> 63;

		high = high << 1 | low >> 63;
		low <<= 1;
		q <<= 1;
		if (carry || high >= by) {
			high -= by;
			q |= 1;
		}
	}
	return q;
}

long strscpy_(char *to, const char *from, size_t size)
{
	size_t n = strnlen(from, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
	return n;
}

/* From <arpa/inet.h>, whose types would clash with the kernel's. */
const char *inet_ntop(int family, const void *from, char *to, unsigned int size);

/* One conversion, @spec, of the next argument. */
static void convert(char *to, size_t size, const char *spec, va_list *arguments)
{
	const char kind = spec[strlen(spec) - 1];

	if (strchr(spec, '*')) {
		int width = va_arg(*arguments, int);

		snprintf(to, size, spec, width, va_arg(*arguments, void *));
	} else if (kind == 's') {
		snprintf(to, size, spec, va_arg(*arguments, char *));
	} else if (strstr(spec, "ll")) {
		snprintf(to, size, spec, va_arg(*arguments, u64));
	} else {
		/* an int, a long and a size_t have 32 bits */
		snprintf(to, size, spec, va_arg(*arguments, unsigned int));
	}
}

/* A conversion of an address; the characters after %p, or 0 if it is none. */
static size_t convert_address(char *to, size_t size, const char *kind,
			      va_list *arguments)
{
	bool v4 = !strncmp(kind, "I4", 2);

	if (!v4 && strncmp(kind, "I6c", 3))
		return 0;
	inet_ntop(v4 ? AF_INET : AF_INET6, va_arg(*arguments, void *), to, size);
	return v4 ? 2 : 3;
}

static int print(char *buf, size_t size, const char *format, va_list *arguments)
{
	char piece[512], spec[16];
	size_t n, at = 0;

	while (*format) {
		n = strcspn(format, "%");
		if (n) {
			snprintf(piece, sizeof(piece), "%.*s", (int)n, format);
		} else if (format[1] == '%') {
			n = 2;
			snprintf(piece, sizeof(piece), "%%");
		} else if (format[1] == 'p') {
			n = 2 + convert_address(piece, sizeof(piece), format + 2,
						arguments);
		} else {
			n = strcspn(format, "cdiusxX") + 1;
			snprintf(spec, sizeof(spec), "%.*s", (int)n, format);
			convert(piece, sizeof(piece), spec, arguments);
		}
		if (at < size)
			snprintf(buf + at, size - at, "%s", piece);
		at += strlen(piece);
		format += n;
	}
	return at;
}

int kernel_snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = print(buf, size, format, &arguments);
	va_end(arguments);
	return n;
}

int scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = print(buf, size, format, &arguments);
	va_end(arguments);
	return n < (int)size ? n : (int)size - 1;
}

char *skip_spaces(const char *text)
{
	return (char *)text + strspn(text, " \t\n");
}

/*
 * As format.c calls it: octal, what ASCII has to print stays, but for @only.
 */
int string_escape_mem(const char *from, size_t n, char *to, size_t size,
		      unsigned int flags, const char *only)
{
	size_t i, at = 0;

	for (i = 0; i < n; i++) {
		unsigned char c = from[i];

		if (c >= ' ' && c <= '~' && !strchr(only, c)) {
			if (at < size)
				to[at] = c;
			at++;
			continue;
		}
		if (at + 4 <= size) {
			to[at] = '\\';
			to[at + 1] = '0' + (c >> 6);
			to[at + 2] = '0' + (c >> 3 & 7);
			to[at + 3] = '0' + (c & 7);
		}
		at += 4;
	}
	return at;
}

void sort(void *base, size_t n, size_t size,
	  int (*compare)(const void *a, const void *b), void *swap)
{
	qsort(base, n, size, compare);
}

void prandom_seed_state(struct rnd_state *rnd, u64 seed)
{
	rnd->state = seed * GOLDEN_RATIO_64 + 1;
}

u32 prandom_u32_state(struct rnd_state *rnd)
{
	rnd->state = rnd->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return rnd->state >> 32;
}
