// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdiag: what is wrong with the TCP connections of this machine. Options and
 * commands, in the manner of iproute2; see tcpdiag(8).
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "human.h"
#include "tool.h"

#ifndef TOOL_VERSION
#define TOOL_VERSION	"unknown"
#endif

/**
 * struct command - a command
 * @name: its name
 * @run: runs it with the words after its name; returns an exit status
 * @online: it needs the module
 * @help: what it shows
 */
struct command {
	const char *name;
	int (*run)(struct tool *tool, int argc, char **argv);
	bool online;
	const char *help;
};

static const struct command commands[] = {
	{ "summary", run_summary, false,
	  "what is wrong, states, algorithms (without a command: this)" },
	{ "sockets", run_sockets, true, "[FILTER]: sockets, whose, times by state" },
	{ "states", run_states, true, "sockets in each state, and how long they stay" },
	{ "transitions", run_transitions, true, "how often each change of state happened" },
	{ "histograms", run_histograms, true, "how long stays in each state lasted" },
	{ "close-wait", run_close_wait, true, "who does not close sockets" },
	{ "time-wait", run_time_wait, true, "whose sockets are in TIME_WAIT" },
	{ "ports", run_ports, true, "local ports in use, by destination" },
	{ "listeners", run_listeners, true, "both queues of each listener" },
	{ "handshake", run_handshake, true, "how connections begin, fail to, and end" },
	{ "resets", run_resets, true, "who sends and receives RSTs, and why" },
	{ "stalls", run_stalls, true, "connections that cannot go on now, and why" },
	{ "flows", run_flows, true, "where the time of connections goes" },
	{ "congestion", run_congestion, true, "algorithms compared" },
	{ "findings", run_findings, true, "what is wrong, all of it" },
	{ "history", run_history, true, "what was wrong lately: raised, changed, cleared" },
	{ "self", run_self, true, "whether the module saw everything" },
	{ "explain", run_explain, false, "[CODE]: what a finding means" },
	{ "watch", run_watch, false,
	  "[interval TIME] [count N] [COMMAND...]: again and again" },
	{ "monitor", run_monitor, true,
	  "[findings | transitions [FILTER]]: events as they come" },
	{ "trace", run_trace, true,
	  "[segments N] [rate N] [time TIME] [connections N] [FILTER]: live" },
	{ "metrics", run_metrics, false, "[--all-netns] [file FILE]: for Prometheus" },
	{ "check", run_check, false,
	  "[only CODE,...] [ignore CODE,...]: for Nagios and its heirs" },
};

/* Options without a letter. */
#define OPTION_ALL_NETNS	256

/* As in iproute2, one dash will do: -json, -c=never. */
static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "netns", required_argument, NULL, 'N' },
	{ "all-netns", no_argument, NULL, OPTION_ALL_NETNS },
	{ "color", optional_argument, NULL, 'c' },
	{ "colour", optional_argument, NULL, 'c' },
	{ "c", optional_argument, NULL, 'c' },
	{ "oneline", no_argument, NULL, 'O' },
	{ "columns", required_argument, NULL, 'o' },
	{ "no-header", no_argument, NULL, 'H' },
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static void list_commands(FILE *out)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].help);
}

static void print_help(FILE *out)
{
	fputs("usage: tcpdiag [OPTION]... [COMMAND [WORD]...]\n\n", out);
	list_commands(out);
	fputs("\n"
	      "  -j, --json           JSON\n"
	      "  -p, --pretty         ... in lines, indented\n"
	      "  -N, --netns NETNS    another network namespace: a name or a pid\n"
	      "      --all-netns      metrics: of all network namespaces\n"
	      "  -c, --color[=WHEN]   colours: always, auto (on a terminal), never\n"
	      "  -O, --oneline        rows as in the files under /proc/net/tcpdiag\n"
	      "  -o, --columns NAMES  these columns; all, help\n"
	      "  -H, --no-header      without a header\n"
	      "  -4, --ipv4           IPv4 only\n"
	      "  -6, --ipv6           IPv6 only\n"
	      "  -h, --help           this\n"
	      "  -V, --version        the version\n"
	      "\n"
	      "FILTER: [state STATE] [exclude STATE] [sport = :PORT] [dport = :PORT]\n"
	      "        [src ADDR[/LEN]] [dst ADDR[/LEN]] [pid N] [uid USER]\n"
	      "        [cgroup ID|PATH] [cc NAME] [for TIME]\n"
	      "Exit status: 0 good, 1 failed, 2 usage, 3 not loaded, 4 no rights.\n",
	      out);
}

/* A dash stands for an underscore, and the other way round. */
static bool begins(const char *name, const char *word)
{
	for (; *word; word++, name++)
		if (*name != (*word == '_' ? '-' : *word))
			return false;
	return true;
}

static void tell_candidates(const char *word)
{
	size_t i;

	usage("\"%s\" may be one of these:", word);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (begins(commands[i].name, word))
			fprintf(stderr, "  %s\n", commands[i].name);
}

/* By its name, or a beginning that no other has; else says that there is none. */
static const struct command *find_command(const char *word)
{
	const struct command *found = NULL;
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!*word || !begins(commands[i].name, word))
			continue;
		found = &commands[i];
		if (strlen(found->name) == strlen(word))
			return found;
		n++;
	}
	if (n == 1)
		return found;
	if (n)
		tell_candidates(word);
	else
		usage("there is no command \"%s\"; tcpdiag -h lists them", word);
	return NULL;
}

/* A name as ip netns has it, or the number of a process. */
static int enter_netns(const char *name)
{
	char path[4096];
	uint64_t pid;
	int fd, err = 0;

	if (strchr(name, '/'))
		return usage("\"%s\" is no name of a network namespace", name);
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	if (access(path, F_OK) && parse_number(name, INT32_MAX, &pid))
		snprintf(path, sizeof(path), "/proc/%s/ns/net", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	if (!err)
		return STATUS_OK;
	return complain(err == EPERM || err == EACCES ? STATUS_NO_RIGHTS :
			STATUS_FAILED, "network namespace \"%s\": %s", name,
			strerror(err));
}

static int set_colour(struct tool *tool, const char *when)
{
	if (!when || !strcmp(when, "always"))
		tool->colour = true;
	else if (!strcmp(when, "never"))
		tool->colour = false;
	else if (strcmp(when, "auto"))
		return usage("colours are always, auto or never, not \"%s\"",
			     when);
	return STATUS_OK;
}

/* What depends on where output goes. */
static void set_terminal(struct tool *tool)
{
	const char *no = getenv("NO_COLOR");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return;
	tool->colour = !no || !*no;
	tool->width = 80;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		tool->width = size.ws_col;
}

static int set_option(struct tool *tool, int option)
{
	switch (option) {
	case 'j':
		tool->json = true;
		break;
	case 'p':
		tool->pretty = true;
		break;
	case 'N':
		return enter_netns(optarg);
	case OPTION_ALL_NETNS:
		tool->all_netns = true;
		break;
	case 'c':
		return set_colour(tool, optarg);
	case 'O':
		tool->oneline = true;
		break;
	case 'o':
		tool->columns = optarg;
		break;
	case 'H':
		tool->header = false;
		break;
	case '4':
		tool->family = AF_INET;
		break;
	case '6':
		tool->family = AF_INET6;
		break;
	default:
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

/* -1: go on; else an exit status. */
static int set_options(struct tool *tool, int argc, char **argv)
{
	int option, status;

	while ((option = getopt_long_only(argc, argv, "jpN:c::Oo:H46hV",
					  options, NULL)) >= 0) {
		if (option == 'h') {
			print_help(tool->out);
			return STATUS_OK;
		}
		if (option == 'V') {
			fprintf(tool->out, "tcpdiag %s\n", TOOL_VERSION);
			return STATUS_OK;
		}
		status = set_option(tool, option);
		if (status)
			return status;
	}
	return -1;
}

/**
 * command_run() - run a command
 * @tool: how to run
 * @argc: number of words
 * @argv: the command and its words; none for the summary
 *
 * Return: its exit status.
 */
int command_run(struct tool *tool, int argc, char **argv)
{
	const struct command *command;
	int err;

	command = find_command(argc ? argv[0] : "summary");
	if (!command)
		return STATUS_USAGE;
	if (tool->all_netns && command->run != run_metrics)
		return usage("only metrics are of all network namespaces");
	if (command->online) {
		err = nl_open(&tool->nl);
		if (err)
			return fail(tool, err);
	}
	return argc ? command->run(tool, argc - 1, argv + 1) :
		      command->run(tool, 0, NULL);
}

/* A probe answers UNKNOWN, whatever the reason. */
static bool is_probe(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "check"))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct tool tool = { .out = stdout, .header = true };
	int status;

	set_terminal(&tool);
	status = set_options(&tool, argc, argv);
	if (status > 0 && is_probe(argc, argv)) {
		puts("TCPDIAG UNKNOWN - the options are wrong");
		return 3;
	}
	if (status < 0)
		status = command_run(&tool, argc - optind, argv + optind);
	nl_close(&tool.nl);
	if (fflush(stdout) || ferror(stdout)) {
		perror("tcpdiag: standard output");
		return status ? status : STATUS_FAILED;
	}
	return status;
}
