// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of the module that have a range. A value that is refused says its
 * range in the log.
 *
 * When the module is loaded, the kernel sets the parameters before it calls the
 * module's init function. If one of them is refused there, the kernel logs a
 * line of its own, without the range, behind ours. So a value that is wrong is
 * only remembered then, and tcpdiag_params_check() refuses it from init. At run
 * time a wrong value is refused at once.
 */
#include <linux/kernel.h>
#include <linux/module.h>

#include "store/log.h"
#include "store/param.h"

/* A parameter that is not what it may be; set while the module is loaded. */
static const struct kernel_param *refused;
/* Protected by the module's lock of parameters, as @refused is. */
static bool loading = true;

/* "aimd_increase must be a number from 1 to 16" */
#define TEXT	80

/* The value that somebody gave is not repeated: it could hold anything. */
static const char *range_text(char *text, const struct kernel_param *kp)
{
	const struct tcpdiag_param_range *range = kp->arg;

	if (kp->ops == &tcpdiag_param_flag)
		scnprintf(text, TEXT, "%s must be Y or N", kp->name);
	else
		scnprintf(text, TEXT, "%s must be a number from %u to %u",
			  kp->name, range->min, range->max);
	return text;
}

static int refuse(const struct kernel_param *kp)
{
	char text[TEXT];

	if (loading) {
		refused = kp;
		return 0;
	}
	if (tcpdiag_log_is_for_writer())
		pr_notice_ratelimited("tcpdiag: %s\n", range_text(text, kp));
	return -EINVAL;
}

/* A name without a value comes as NULL. */
static int set_number(const char *val, const struct kernel_param *kp)
{
	const struct tcpdiag_param_range *range = kp->arg;
	unsigned int n;

	if (!val || kstrtouint(val, 0, &n) || n < range->min || n > range->max)
		return refuse(kp);
	WRITE_ONCE(*range->value, n);
	return 0;
}

static int get_number(char *buffer, const struct kernel_param *kp)
{
	const struct tcpdiag_param_range *range = kp->arg;

	return sysfs_emit(buffer, "%u\n", READ_ONCE(*range->value));
}

const struct kernel_param_ops tcpdiag_param_number = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_number,
	.get = get_number,
};

static int set_flag(const char *val, const struct kernel_param *kp)
{
	return param_set_bool(val, kp) ? refuse(kp) : 0;
}

const struct kernel_param_ops tcpdiag_param_flag = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_flag,
	.get = param_get_bool,
};

/**
 * tcpdiag_params_check() - refuse what was given at load and is out of range
 *
 * To be called once, when the module is loaded. From then on a value that is
 * out of range is refused when it is written.
 *
 * Context: process, may sleep.
 * Return: 0, or -EINVAL, which the log explains.
 */
int tcpdiag_params_check(void)
{
	const struct kernel_param *wrong;
	char text[TEXT];

	kernel_param_lock(THIS_MODULE);
	loading = false;
	wrong = refused;
	kernel_param_unlock(THIS_MODULE);
	if (!wrong)
		return 0;
	pr_err("tcpdiag: %s\n", range_text(text, wrong));
	return -EINVAL;
}
