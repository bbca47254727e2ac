// SPDX-License-Identifier: GPL-2.0
/* Random numbers of tcpfuzz and tcpsoak: the same for the same seed. */
#include "random.h"

static unsigned long long state;

void seed_random(unsigned long long seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

/* xorshift64*: from 0 to below - 1 */
unsigned int draw(unsigned int below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return ((state * 0x2545f4914f6cdd1dULL) >> 33) % below;
}
