/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that can be drawn again: the same for the same seed. Each
 * process has a sequence of its own.
 */
#ifndef RANDOM_H
#define RANDOM_H

void seed_random(unsigned long long seed);
unsigned int draw(unsigned int below);

#endif
