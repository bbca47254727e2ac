/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters of the module that have a range.
 */
#ifndef TCPDIAG_STORE_PARAM_H
#define TCPDIAG_STORE_PARAM_H

#include <linux/moduleparam.h>

/**
 * struct tcpdiag_param_range - what a parameter may be: its argument
 * @value: the variable; read it with READ_ONCE() if it may be set at run time
 * @min: smallest value that may be set
 * @max: largest value that may be set
 */
struct tcpdiag_param_range {
	unsigned int *value;
	unsigned int min;
	unsigned int max;
};

/* For module_param_cb(): a number, whose argument is its range. */
extern const struct kernel_param_ops tcpdiag_param_number;
/* The same for yes or no; its argument is a bool. */
extern const struct kernel_param_ops tcpdiag_param_flag;

int tcpdiag_params_check(void);

#endif /* TCPDIAG_STORE_PARAM_H */
