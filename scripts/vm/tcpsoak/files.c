// SPDX-License-Identifier: GPL-2.0
/* tcpsoak: actors that read every file of tcpdiag's and write its sysctls. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tcpsoak.h"

#define VIEWS	"/proc/net/tcpdiag"
#define SYSCTLS	"/proc/sys/net/tcpdiag"

/* Whichever: any entry of the directory. False if there is none now. */
static bool pick_entry(const char *directory, char *path, size_t bytes)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	unsigned int n = 0;

	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && draw(++n) == 0)
			snprintf(path, bytes, "%s/%s", directory, entry->d_name);
	closedir(dir);
	return n;
}

/* A file from its beginning to its end, or not; in pieces of any size. */
void read_something(void)
{
	static char buffer[16384];
	char path[300] = "/proc/tcpdiag";
	size_t piece;
	ssize_t n;
	int fd;

	if (draw(8) && !pick_entry(VIEWS, path, sizeof(path)))
		return;
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	piece = draw(2) ? sizeof(buffer) : 1 + draw(300);
	do {
		if (draw(20) == 0) {
			lseek(fd, draw(4000), SEEK_SET);
			count(COUNT_SEEKS, 1);
		}
		n = read(fd, buffer, piece);
	} while (n > 0 && draw(200));
	close(fd);
	count(n < 0 ? COUNT_READS_FAILED : COUNT_READS, 1);
}

void act_read(void)
{
	read_something();
	if (draw(4) == 0)
		usleep(1000);
}

void act_read_as_nobody(void)
{
	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY))
		return;
	read_something();
}

void write_sysctl(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		count(COUNT_SYSCTLS_REFUSED, 1);
	else
		count(COUNT_SYSCTLS_TAKEN, 1);
	close(fd);
}

void act_sysctl(void)
{
	static const char *const values[] = {
		"0", "1", "10", "100", "1000", "1001", "60000", "86400000",
		"86400001", "1000000", "-1", "4294967295", "4294967296", "",
		" ", "\n", "abc", "1 2", "0x10", "1000\n1000", "99999999999999999",
		"bbr3=1", "bbr3=1 cubic=0", "cubic_rfc9438=1000000", "aimd=",
		"=", "aimd=1 aimd=2", "nothing=1", "bbr3=-1", "cubic=0",
	};
	char path[300];

	if (pick_entry(SYSCTLS, path, sizeof(path)))
		write_sysctl(path, values[draw(ARRAY_SIZE(values))]);
	usleep(5000);
}
