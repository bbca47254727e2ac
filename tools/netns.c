// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the network namespaces of the machine: those that processes are in, and those
 * that have a name as "ip netns" gives it. One that only a thread, a descriptor or a
 * socket holds is not found.
 *
 * The work is one stat() for each process and each name, and one look at the control
 * group of a process for each namespace.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "netns.h"

/* Processes and names that are looked at; more are skipped, and counted. */
#define LOOKS_MAX	1048576
/* Digits of a container's id. */
#define ID_DIGITS	64

static int add(struct netns_list *list, uint64_t inode, pid_t pid,
	       const char *name)
{
	struct netns *more;

	/* grows to the next power of two */
	if (!(list->n & (list->n - 1))) {
		more = reallocarray(list->netns, list->n ? 2 * list->n : 1,
				    sizeof(*more));
		if (!more)
			return -ENOMEM;
		list->netns = more;
	}
	memset(&list->netns[list->n], 0, sizeof(list->netns[0]));
	list->netns[list->n].inode = inode;
	list->netns[list->n].pid = pid;
	snprintf(list->netns[list->n].name, NETNS_NAME_LEN, "%s", name);
	list->n++;
	return 0;
}

/* What ended meanwhile is no namespace that was missed. */
static int look(struct netns_list *list, const char *path, dev_t dev, pid_t pid,
		const char *name)
{
	struct stat st;

	if (list->n == LOOKS_MAX) {
		list->skipped++;
		return 0;
	}
	if (!stat(path, &st))
		return st.st_dev == dev ? add(list, st.st_ino, pid, name) : 0;
	if (errno != ENOENT && errno != ESRCH)
		list->skipped++;
	return 0;
}

static int look_at_processes(struct netns_list *list, const char *root, dev_t dev)
{
	char path[4096];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc", root);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/proc/%s/ns/net", root,
			 entry->d_name);
		err = look(list, path, dev, atoi(entry->d_name), "");
	}
	closedir(dir);
	return err;
}

/* Without the folder there are no names. */
static int look_at_names(struct netns_list *list, const char *root, dev_t dev)
{
	char path[4096];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/run/netns", root);
	dir = opendir(path);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/run/netns/%s", root,
			 entry->d_name);
		err = look(list, path, dev, 0, entry->d_name);
	}
	closedir(dir);
	return err;
}

/* By inode; the lowest process first, names last. */
static int by_inode(const void *a, const void *b)
{
	const struct netns *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (!x->pid != !y->pid)
		return x->pid ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Several entries of one namespace become one: its first process and first name. */
static void unite(struct netns_list *list)
{
	unsigned int i, n = 0;

	qsort(list->netns, list->n, sizeof(list->netns[0]), by_inode);
	for (i = 0; i < list->n; i++) {
		struct netns *netns = &list->netns[i];
		struct netns *last = n ? &list->netns[n - 1] : NULL;

		if (!last || last->inode != netns->inode)
			list->netns[n++] = *netns;
		else if (!*last->name)
			memcpy(last->name, netns->name, NETNS_NAME_LEN);
	}
	list->n = n;
}

/**
 * netns_container() - the id of a container, shortened as their tools do
 * @id: set to its first 12 digits, or to ""; CONTAINER_LEN characters
 * @cgroup: what /proc/PID/cgroup says
 *
 * The last word of 64 hexadecimal digits is the id: Docker, containerd, CRI-O,
 * Podman and Kubernetes all name the control group by it, with something before or
 * after it.
 */
void netns_container(char *id, const char *cgroup)
{
	*id = '\0';
	while (*cgroup) {
		size_t n = strspn(cgroup, "0123456789abcdef");

		if (n == ID_DIGITS) {
			memcpy(id, cgroup, CONTAINER_LEN - 1);
			id[CONTAINER_LEN - 1] = '\0';
		}
		cgroup += n ? n : 1;
	}
}

static void find_container(struct netns *netns, const char *root)
{
	char path[4096], text[4096];
	FILE *file;
	size_t n;

	if (!netns->pid)
		return;
	snprintf(path, sizeof(path), "%s/proc/%d/cgroup", root, netns->pid);
	file = fopen(path, "re");
	if (!file)
		return;
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	netns_container(netns->container, text);
}

/**
 * netns_list() - find all network namespaces
 * @list: set to them; netns_list_free() is called in any case
 * @root: what stands before /proc and /run, "" but for tests
 *
 * Return: 0, or a negative errno.
 */
int netns_list(struct netns_list *list, const char *root)
{
	char path[4096];
	struct stat own;
	unsigned int i;
	int err;

	memset(list, 0, sizeof(*list));
	snprintf(path, sizeof(path), "%s/proc/self/ns/net", root);
	if (stat(path, &own) < 0)
		return -errno;
	err = look_at_processes(list, root, own.st_dev);
	if (!err)
		err = look_at_names(list, root, own.st_dev);
	if (err)
		return err;
	unite(list);
	for (i = 0; i < list->n; i++)
		find_container(&list->netns[i], root);
	return 0;
}

/**
 * netns_list_free() - let go of a list
 * @list: the list
 */
void netns_list_free(struct netns_list *list)
{
	free(list->netns);
	list->netns = NULL;
}

/**
 * netns_path() - the file by which a namespace is entered
 * @netns: the namespace
 * @root: as for netns_list()
 * @path: set to the file
 * @size: room there
 *
 * A process may have ended since, and its number may be another's: compare the inode.
 */
void netns_path(const struct netns *netns, const char *root, char *path,
		size_t size)
{
	if (netns->pid)
		snprintf(path, size, "%s/proc/%d/ns/net", root, netns->pid);
	else
		snprintf(path, size, "%s/run/netns/%s", root, netns->name);
}
