/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pure units and their tests take from the kernel, for a program of 32 bits:
 * types and constants have the widths that they have in a 32-bit kernel. The tests' own
 * part, in the way of KUnit, is at the end; main.c runs them.
 */
#ifndef TCPDIAG_WORD32_STANDIN_H
#define TCPDIAG_WORD32_STANDIN_H

#include <linux/stddef.h>
#include <asm/byteorder.h>
#include <limits.h>
#include <linux/types.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- types, as in the kernel's asm-generic/int-ll64.h */

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
typedef int pid_t;
typedef struct { u32 val; } kuid_t;

struct in6_addr {
	union {
		u8 u6_addr8[16];
		__be16 u6_addr16[8];
		__be32 u6_addr32[4];
	} in6_u;
#define s6_addr		in6_u.u6_addr8
#define s6_addr16	in6_u.u6_addr16
#define s6_addr32	in6_u.u6_addr32
};

#define BITS_PER_LONG	32
_Static_assert(sizeof(long) == 4, "words of 32 bits are the subject");

#define __force
#define __aligned(n)	__attribute__((aligned(n)))
#define U8_MAX		((u8)~0U)
#define U16_MAX		((u16)~0U)
#define U32_MAX		((u32)~0U)
#define S32_MAX		((s32)(U32_MAX >> 1))
#define U64_MAX		((u64)~0ULL)
#define S64_MAX		((s64)(U64_MAX >> 1))

/* -- time: a long holds 2 seconds in nanoseconds */

#define HZ		250
#define MSEC_PER_SEC	1000L
#define USEC_PER_MSEC	1000L
#define NSEC_PER_USEC	1000L
#define NSEC_PER_MSEC	1000000L
#define USEC_PER_SEC	1000000L
#define NSEC_PER_SEC	1000000000L

/* -- compiler, bits, arithmetic */

#define noinline	__attribute__((noinline))
#define fallthrough	__attribute__((fallthrough))
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define static_assert(condition, ...) \
	_Static_assert(condition, #condition)
#define READ_ONCE(x)	(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))
#define data_race(x)	(x)
#define OPTIMIZER_HIDE_VAR(v) __asm__("" : "=r"(v) : "0"(v))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) \
	(offsetof(type, member) + sizeof_field(type, member))
#define BIT(n)		(1UL << (n))
#define hweight64(w)	((unsigned int)__builtin_popcountll(w))
#define BIT_ULL(n)	(1ULL << (n))
#define fls64(x)	({ u64 x_ = (x); x_ ? 64 - __builtin_clzll(x_) : 0; })

#define min(a, b) ({ __auto_type a_ = (a); __auto_type b_ = (b);	\
	_Static_assert(_Generic(a_, __typeof__(b_): 1, default: 0) ||	\
		       (sizeof(a_) == sizeof(b_)), "min() of types");	\
	a_ < b_ ? a_ : b_; })
#define max(a, b) ({ __auto_type a_ = (a); __auto_type b_ = (b);	\
	a_ > b_ ? a_ : b_; })
#define min3(a, b, c)	min(min(a, b), c)
#define min_t(type, a, b) min((type)(a), (type)(b))
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define max_t(type, a, b) max((type)(a), (type)(b))
#define swap(a, b) do { __auto_type a_ = (a); (a) = (b); (b) = a_; } while (0)
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))

/* The units divide 64 bits by these alone; a plain / shows in their object files. */
u64 div64_u64(u64 n, u64 by);
u64 div64_u64_rem(u64 n, u64 by, u64 *rest);
u64 div_u64_rem(u64 n, u32 by, u32 *rest);
u64 div_u64(u64 n, u32 by);
s64 div_s64(s64 n, s32 by);
u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift);
u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 by);
#define DIV64_U64_ROUND_UP(n, by) \
	({ u64 by_ = (by); div64_u64((n) + by_ - 1, by_); })
#define DIV_ROUND_UP_ULL(n, by)	div_u64((u64)(n) + (by) - 1, by)

/* -- atomics of one thread */

typedef struct { s64 counter; } atomic64_t;
typedef struct { long counter; } atomic_long_t;
static inline s64 atomic64_read(const atomic64_t *v)
{
	return v->counter;
}

static inline void atomic64_inc(atomic64_t *v)
{
	v->counter++;
}

static inline s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 new)
{
	s64 was = v->counter;

	if (was == old)
		v->counter = new;
	return was;
}

static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	s64 expected = *old;

	*old = atomic64_cmpxchg(v, expected, new);
	return *old == expected;
}

#define atomic64_cmpxchg_relaxed	atomic64_cmpxchg
#define atomic64_try_cmpxchg_relaxed	atomic64_try_cmpxchg

/* -- text */

/* with %pI4 and %pI6c */
int kernel_snprintf(char *buf, size_t size, const char *format, ...);
#define snprintf	kernel_snprintf
int scnprintf(char *buf, size_t size, const char *format, ...) __printf(3, 4);
long strscpy_(char *to, const char *from, size_t size);
#define strscpy_2(to, from)	strscpy_(to, from, sizeof(to))
#define strscpy_3(to, from, n)	strscpy_(to, from, n)
#define strscpy_n(a, b, c, n, ...) n
#define strscpy(...) strscpy_n(__VA_ARGS__, strscpy_3, strscpy_2)(__VA_ARGS__)
char *skip_spaces(const char *text);
#define ESCAPE_OCTAL	BIT(3)
#define ESCAPE_NAP	BIT(8)
#define ESCAPE_APPEND	BIT(9)
int string_escape_mem(const char *from, size_t n, char *to, size_t size,
		      unsigned int flags, const char *only);

/* -- networks */

#define htons(x)	__cpu_to_be16(x)
#define ntohs(x)	__be16_to_cpu(x)
#define htonl(x)	__cpu_to_be32(x)
#define ntohl(x)	__be32_to_cpu(x)
#define cpu_to_be32	__cpu_to_be32
#define be32_to_cpu	__be32_to_cpu
#define ipv4_is_loopback(addr)	(((addr) & htonl(0xff000000)) == htonl(0x7f000000))
static inline bool ipv6_addr_loopback(const struct in6_addr *a)
{
	return !(a->s6_addr32[0] | a->s6_addr32[1] | a->s6_addr32[2] |
		 (a->s6_addr32[3] ^ htonl(1)));
}

static inline bool ipv6_addr_v4mapped(const struct in6_addr *a)
{
	return !(a->s6_addr32[0] | a->s6_addr32[1] |
		 (a->s6_addr32[2] ^ htonl(0xffff)));
}

struct __kernel_sockaddr_storage { char data[128]; };

#define IN6ADDR_LOOPBACK_INIT	{ { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } } }

#define AF_INET		2
#define AF_INET6	10
#define TASK_COMM_LEN	16
#define GFP_KERNEL	0

enum {
	TCP_ESTABLISHED = 1, TCP_SYN_SENT, TCP_SYN_RECV, TCP_FIN_WAIT1,
	TCP_FIN_WAIT2, TCP_TIME_WAIT, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LAST_ACK,
	TCP_LISTEN, TCP_CLOSING, TCP_NEW_SYN_RECV, TCP_BOUND_INACTIVE,
	TCP_MAX_STATES
};

#define TCPF_ESTABLISHED	BIT(TCP_ESTABLISHED)
#define TCPF_SYN_SENT		BIT(TCP_SYN_SENT)
#define TCPF_SYN_RECV		BIT(TCP_SYN_RECV)
#define TCPF_FIN_WAIT1		BIT(TCP_FIN_WAIT1)
#define TCPF_FIN_WAIT2		BIT(TCP_FIN_WAIT2)
#define TCPF_TIME_WAIT		BIT(TCP_TIME_WAIT)
#define TCPF_CLOSE		BIT(TCP_CLOSE)
#define TCPF_CLOSE_WAIT		BIT(TCP_CLOSE_WAIT)
#define TCPF_LAST_ACK		BIT(TCP_LAST_ACK)
#define TCPF_LISTEN		BIT(TCP_LISTEN)
#define TCPF_CLOSING		BIT(TCP_CLOSING)
#define TCPF_NEW_SYN_RECV	BIT(TCP_NEW_SYN_RECV)

#define TCPOPT_NOP		1
#define TCPOPT_EOL		0
#define TCPOPT_MSS		2
#define TCPOPT_WINDOW		3
#define TCPOPT_SACK_PERM	4
#define TCPOPT_TIMESTAMP	8
#define TCPOLEN_MSS		4
#define TCPOLEN_WINDOW		3
#define TCPOLEN_SACK_PERM	2
#define TCPOLEN_TIMESTAMP	10
#define tcp_flag_byte(th)	(((const u8 *)(th))[13])

static inline bool before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

#define after(a, b)	before(b, a)

/* Of a socket, what measure.c reads. */
enum tcp_chrono {
	TCP_CHRONO_UNSPEC, TCP_CHRONO_BUSY, TCP_CHRONO_RWND_LIMITED,
	TCP_CHRONO_SNDBUF_LIMITED, __TCP_CHRONO_MAX
};

struct tcp_sock {
	u32 data_segs_out, delivered, delivered_ce, srtt_us, rtt_min;
	u64 bytes_acked, bytes_sent, bytes_retrans;
	u32 mss_cache;
	u32 chrono_start, chrono_stat[3];
	u8 chrono_type;
};

static inline u32 tcp_min_rtt(const struct tcp_sock *tp)
{
	return tp->rtt_min;
}

#define minmax_reset(m, time, value)	(*(m) = (value))

/* -- users */

struct user_namespace {
	struct user_namespace *parent;
	struct ucounts *ucounts;
	kuid_t owner;
	int level;
};

struct ucounts {
	struct user_namespace *ns;
	kuid_t uid;
};

#define KUIDT_INIT(value)	((kuid_t){ value })
#define GLOBAL_ROOT_UID		KUIDT_INIT(0)
#define INVALID_UID		KUIDT_INIT(-1)
#define __kuid_val(uid)		((uid).val)

/* -- tables */

#define GOLDEN_RATIO_32	0x61C88647
#define GOLDEN_RATIO_64	0x61C8864680B583EBull
static inline u32 hash_32(u32 value, unsigned int bits)
{
	return value * GOLDEN_RATIO_32 >> (32 - bits);
}

static inline u32 hash_64(u64 value, unsigned int bits)
{
	return value * GOLDEN_RATIO_64 >> (64 - bits);
}

#define hash_long	hash_32
void sort(void *base, size_t n, size_t size,
	  int (*compare)(const void *a, const void *b), void *swap);

struct rnd_state {
	u64 state;
};

void prandom_seed_state(struct rnd_state *rnd, u64 seed);
u32 prandom_u32_state(struct rnd_state *rnd);

/* -- tests */

#define KUNIT_PARAM_DESC_SIZE	128

struct kunit {
	const char *suite, *name;
	void *priv;
	const void *param_value;
	bool failed;
	jmp_buf leave;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*next)(const void *previous, char *desc);
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

void add_suite(const struct kunit_suite *suite);
void fail(struct kunit *test, const char *file, int line, const char *what);

#define kunit_test_suite(s)						\
	__attribute__((constructor)) static void suite_of_##s(void)	\
	{								\
		add_suite(&(s));					\
	}
#define KUNIT_CASE(f)		{ .run_case = f, .name = #f }
#define KUNIT_CASE_SLOW(f)	KUNIT_CASE(f)
#define KUNIT_CASE_PARAM(f, generate) \
	{ .run_case = f, .name = #f, .next = generate }
#define KUNIT_ARRAY_PARAM(name, array, describe)			\
	static const void *name##_gen_params(const void *previous,	\
					     char *desc)		\
	{								\
		const typeof((array)[0]) *next = previous ?		\
			(const typeof((array)[0]) *)previous + 1 : (array); \
									\
		if (next == (array) + ARRAY_SIZE(array))		\
			return NULL;					\
		(describe)(next, desc);					\
		return next;						\
	}

#define kunit_kzalloc(test, size, flags)	calloc(1, size)
#define kunit_kmalloc(test, size, flags)	calloc(1, size)
#define kunit_kcalloc(test, n, size, flags)	calloc(n, size)
#define kunit_kmalloc_array(test, n, size, flags) calloc(n, size)

#define EXPECT(test, condition, text)					\
	({								\
		bool holds_ = (condition);				\
									\
		if (!holds_)						\
			fail(test, __FILE__, __LINE__, text);		\
		holds_;							\
	})
#define ASSERT(test, condition, text)					\
	do {								\
		if (!EXPECT(test, condition, text))			\
			longjmp((test)->leave, 1);			\
	} while (0)
#define COMPARE(a, op, b) \
	({ __auto_type l_ = (a); __auto_type r_ = (b); l_ op r_; })

#define KUNIT_EXPECT_EQ(t, a, b) EXPECT(t, COMPARE(a, ==, b), #a " == " #b)
#define KUNIT_EXPECT_NE(t, a, b) EXPECT(t, COMPARE(a, !=, b), #a " != " #b)
#define KUNIT_EXPECT_LT(t, a, b) EXPECT(t, COMPARE(a, <, b), #a " < " #b)
#define KUNIT_EXPECT_LE(t, a, b) EXPECT(t, COMPARE(a, <=, b), #a " <= " #b)
#define KUNIT_EXPECT_GT(t, a, b) EXPECT(t, COMPARE(a, >, b), #a " > " #b)
#define KUNIT_EXPECT_GE(t, a, b) EXPECT(t, COMPARE(a, >=, b), #a " >= " #b)
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...) KUNIT_EXPECT_EQ(t, a, b)
#define KUNIT_EXPECT_NE_MSG(t, a, b, ...) KUNIT_EXPECT_NE(t, a, b)
#define KUNIT_EXPECT_LT_MSG(t, a, b, ...) KUNIT_EXPECT_LT(t, a, b)
#define KUNIT_EXPECT_LE_MSG(t, a, b, ...) KUNIT_EXPECT_LE(t, a, b)
#define KUNIT_EXPECT_GT_MSG(t, a, b, ...) KUNIT_EXPECT_GT(t, a, b)
#define KUNIT_EXPECT_GE_MSG(t, a, b, ...) KUNIT_EXPECT_GE(t, a, b)
#define KUNIT_EXPECT_PTR_EQ(t, a, b) KUNIT_EXPECT_EQ(t, a, b)
#define KUNIT_EXPECT_TRUE(t, a) EXPECT(t, a, #a)
#define KUNIT_EXPECT_TRUE_MSG(t, a, ...) EXPECT(t, a, #a)
#define KUNIT_EXPECT_FALSE(t, a) EXPECT(t, !(a), "!" #a)
#define KUNIT_EXPECT_NULL(t, a) EXPECT(t, !(a), #a " == NULL")
#define KUNIT_EXPECT_NOT_NULL(t, a) EXPECT(t, (a) != NULL, #a)
#define KUNIT_EXPECT_STREQ(t, a, b) \
	EXPECT(t, !strcmp(a, b), #a " is " #b)
#define KUNIT_EXPECT_STRNEQ(t, a, b) \
	EXPECT(t, strcmp(a, b), #a " is not " #b)
#define KUNIT_EXPECT_MEMEQ(t, a, b, n) \
	EXPECT(t, !memcmp(a, b, n), #a " is " #b)
#define KUNIT_FAIL(t, ...) fail(t, __FILE__, __LINE__, #__VA_ARGS__)

#define KUNIT_ASSERT_EQ(t, a, b) ASSERT(t, COMPARE(a, ==, b), #a " == " #b)
#define KUNIT_ASSERT_NE(t, a, b) ASSERT(t, COMPARE(a, !=, b), #a " != " #b)
#define KUNIT_ASSERT_LT(t, a, b) ASSERT(t, COMPARE(a, <, b), #a " < " #b)
#define KUNIT_ASSERT_LE(t, a, b) ASSERT(t, COMPARE(a, <=, b), #a " <= " #b)
#define KUNIT_ASSERT_GT(t, a, b) ASSERT(t, COMPARE(a, >, b), #a " > " #b)
#define KUNIT_ASSERT_GE(t, a, b) ASSERT(t, COMPARE(a, >=, b), #a " >= " #b)
#define KUNIT_ASSERT_LE_MSG(t, a, b, ...) KUNIT_ASSERT_LE(t, a, b)
#define KUNIT_ASSERT_GT_MSG(t, a, b, ...) KUNIT_ASSERT_GT(t, a, b)
#define KUNIT_ASSERT_TRUE(t, a) ASSERT(t, a, #a)
#define KUNIT_ASSERT_FALSE(t, a) ASSERT(t, !(a), "!" #a)
#define KUNIT_ASSERT_NOT_NULL(t, a) ASSERT(t, (a) != NULL, #a)

#endif /* TCPDIAG_WORD32_STANDIN_H */
