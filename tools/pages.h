/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages about findings; scripts/tool-pages generates them when the command is
 * built.
 */
#ifndef TCPDIAG_TOOLS_PAGES_H
#define TCPDIAG_TOOLS_PAGES_H

/**
 * struct page - a page
 * @code: code of the finding
 * @title: what it means, in a line
 * @text: the page
 */
struct page {
	const char *code;
	const char *title;
	const char *text;
};

/* All pages, ended by one without a code. */
extern const struct page pages[];

#endif /* TCPDIAG_TOOLS_PAGES_H */
