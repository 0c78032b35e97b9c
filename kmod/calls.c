// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Calls: who may make them, and how an ioctl comes in and goes out. */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/security.h>
#include <linux/uaccess.h>

#include "internal.h"

/* The same that /dev/mem asks for in open(), asked for in every call. */
int physmem_permitted(void)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return security_locked_down(LOCKDOWN_DEV_MEM);
}

static int physmem_copy_in(struct physmem_call *call, unsigned int command, void __user *user)
{
	if (!(_IOC_DIR(command) & _IOC_WRITE))
		return 0;
	return copy_from_user(&call->version, user, _IOC_SIZE(command)) ? -EFAULT : 0;
}

static int physmem_copy_out(struct physmem_call *call, unsigned int command, void __user *user)
{
	if (!(_IOC_DIR(command) & _IOC_READ))
		return 0;
	return copy_to_user(user, &call->version, _IOC_SIZE(command)) ? -EFAULT : 0;
}

long physmem_dispatch(struct file *file, unsigned int command, unsigned long user,
		      const struct physmem_operation *operations, size_t count)
{
	struct physmem_call call = { .file = file };
	const struct physmem_operation *operation = NULL;
	size_t i;
	int error;

	if (_IOC_TYPE(command) != PHYSMEM_MAGIC)
		return -ENOTTY;
	for (i = 0; i < count; i++)
		if (_IOC_NR(operations[i].command) == _IOC_NR(command))
			operation = &operations[i];
	if (!operation)
		return -ENOTTY;
	if (operation->command != command) /* the right number for a struct of another size */
		return -EINVAL;
	error = physmem_copy_in(&call, command, (void __user *)user);
	if (!error)
		error = operation->run(&call);
	if (!error)
		error = physmem_copy_out(&call, command, (void __user *)user);
	if (call.created && error) {
		put_unused_fd(call.allocate.fd);
		fput(call.created);
	} else if (call.created) {
		fd_install(call.allocate.fd, call.created);
	}
	return error;
}
