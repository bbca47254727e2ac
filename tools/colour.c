// SPDX-License-Identifier: GPL-2.0
/*
 * Colours: of what somebody should look at, and of nothing else.
 */
#include <string.h>

#include "tool.h"

#define RED	"\033[1;31m"
#define YELLOW	"\033[33m"
#define CYAN	"\033[36m"
#define RESET	"\033[0m"

static const struct {
	const char *word;
	const char *colour;
} words[] = {
	{ "CRITICAL", RED },
	{ "impossible", RED },
	{ "accept_full", RED },
	{ "WARNING", YELLOW },
	{ "syn_flood", YELLOW },
	{ "syn_queue_full", YELLOW },
	{ "slow_accept", YELLOW },
	{ "approximate", YELLOW },
	{ "NOTE", CYAN },
};

/**
 * colour_of() - the colour of a word
 * @word: the word
 *
 * Return: the sequence that begins it, or NULL.
 */
const char *colour_of(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].word, word))
			return words[i].colour;
	return NULL;
}

/**
 * colour_begin() - what follows has a colour
 * @tool: how to run
 * @colour: the colour; NULL for none
 */
void colour_begin(const struct tool *tool, const char *colour)
{
	if (tool->colour && colour)
		fputs(colour, tool->out);
}

/**
 * colour_end() - what follows has no colour
 * @tool: how to run
 */
void colour_end(const struct tool *tool)
{
	if (tool->colour)
		fputs(RESET, tool->out);
}

/**
 * colour_word() - print a word, in its colour if it has one
 * @tool: how to run
 * @word: the word, printable
 */
void colour_word(const struct tool *tool, const char *word)
{
	const char *colour = colour_of(word);

	colour_begin(tool, colour);
	fputs(word, tool->out);
	if (colour)
		colour_end(tool);
}
