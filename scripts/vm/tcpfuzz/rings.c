// SPDX-License-Identifier: GPL-2.0
/* tcpfuzz: sockets in an io_uring and in a sockmap. */
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tcpfuzz.h"

#define ENTRIES	8

/* Where the parts of a ring are in its maps. */
struct ring {
	int fd;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params p;
};

static struct ring ring = { .fd = -1 };

static bool open_ring(void)
{
	size_t sq, cq;

	if (ring.fd >= 0)
		return true;
	ring.fd = syscall(SYS_io_uring_setup, ENTRIES, &ring.p);
	if (ring.fd < 0)
		return false;
	sq = ring.p.sq_off.array + ring.p.sq_entries * sizeof(unsigned int);
	cq = ring.p.cq_off.cqes + ring.p.cq_entries * sizeof(struct io_uring_cqe);
	ring.sq = mmap(NULL, sq, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		       ring.fd, IORING_OFF_SQ_RING);
	ring.cq = mmap(NULL, cq, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		       ring.fd, IORING_OFF_CQ_RING);
	ring.sqes = mmap(NULL, ring.p.sq_entries * sizeof(*ring.sqes),
			 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			 ring.fd, IORING_OFF_SQES);
	return ring.sq != MAP_FAILED && ring.cq != MAP_FAILED &&
	       ring.sqes != MAP_FAILED;
}

/* Results are of no interest; only room for the next ones. */
static void drop_results(void)
{
	unsigned int *head = (unsigned int *)(ring.cq + ring.p.cq_off.head);
	unsigned int *tail = (unsigned int *)(ring.cq + ring.p.cq_off.tail);

	__atomic_store_n(head, __atomic_load_n(tail, __ATOMIC_ACQUIRE),
			 __ATOMIC_RELEASE);
}

static void submit(const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (unsigned int *)(ring.sq + ring.p.sq_off.tail);
	unsigned int mask = *(unsigned int *)(ring.sq + ring.p.sq_off.ring_mask);
	unsigned int *array = (unsigned int *)(ring.sq + ring.p.sq_off.array);
	unsigned int at = *tail & mask;

	ring.sqes[at] = *sqe;
	array[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0);
	drop_results();
}

/* Addresses must stay until the ring has taken them, which may be later. */
void do_uring(const struct call *c)
{
	static union address a;
	static socklen_t size;
	static char buffer[4096];
	struct io_uring_sqe sqe = { .fd = socket_at(c->a) };

	if (!open_ring())
		return;
	/* in a worker of the ring's, not in this task */
	sqe.flags = c->c & 1 ? IOSQE_ASYNC : 0;
	switch (c->b % 8) {
	case 0:
		size = pick_address(&a, false, 0, c->c);
		sqe.opcode = IORING_OP_CONNECT;
		sqe.addr = (unsigned long)&a;
		sqe.off = size;
		break;
	case 1:
		sqe.opcode = IORING_OP_ACCEPT;
		break;
	case 2:
		sqe.opcode = IORING_OP_SEND;
		sqe.addr = (unsigned long)buffer;
		sqe.len = sizeof(buffer);
		sqe.msg_flags = MSG_NOSIGNAL;
		break;
	case 3:
		sqe.opcode = IORING_OP_RECV;
		sqe.addr = (unsigned long)buffer;
		sqe.len = sizeof(buffer);
		break;
	case 4:
		sqe.opcode = IORING_OP_SHUTDOWN;
		sqe.len = c->c % 3;
		break;
	case 5:
		/* a socket without a descriptor in any process's table */
		sqe.opcode = IORING_OP_SOCKET;
		sqe.fd = AF_INET;
		sqe.off = SOCK_STREAM;
		sqe.len = 0;
		break;
	case 6:
		sqe.opcode = IORING_OP_POLL_ADD;
		sqe.poll32_events = 1;
		break;
	default:
		/* and all that it still has goes with the ring */
		close(ring.fd);
		ring.fd = -1;
		return;
	}
	submit(&sqe);
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* A program that lets everything pass, before whatever is received is read. */
static void attach_verdict(int map)
{
	static const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;
	int program;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SK_SKB;
	attr.expected_attach_type = BPF_SK_SKB_STREAM_VERDICT;
	attr.insns = (unsigned long)pass;
	attr.insn_cnt = ARRAY_SIZE(pass);
	attr.license = (unsigned long)"GPL";
	program = bpf(BPF_PROG_LOAD, &attr);
	if (program < 0)
		return;
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = map;
	attr.attach_bpf_fd = program;
	attr.attach_type = BPF_SK_SKB_STREAM_VERDICT;
	bpf(BPF_PROG_ATTACH, &attr);
	close(program);
}

static int open_map(bool verdict)
{
	union bpf_attr attr;
	int map;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_SOCKMAP;
	attr.key_size = 4;
	attr.value_size = 4;
	attr.max_entries = SOCKETS;
	map = bpf(BPF_MAP_CREATE, &attr);
	if (map >= 0 && verdict)
		attach_verdict(map);
	return map;
}

/* Puts a socket into a map, takes one out, or lets the map go. */
void do_sockmap(const struct call *c)
{
	unsigned int key = c->b % SOCKETS, fd = socket_at(c->a);
	union bpf_attr attr;

	if (world.map < 0)
		world.map = open_map(c->c & 8);
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = world.map;
	attr.key = (unsigned long)&key;
	attr.value = (unsigned long)&fd;
	switch (c->c % 4) {
	case 0:
		bpf(BPF_MAP_DELETE_ELEM, &attr);
		break;
	case 1:
		close(world.map);
		world.map = -1;
		break;
	default:
		bpf(BPF_MAP_UPDATE_ELEM, &attr);
	}
}
