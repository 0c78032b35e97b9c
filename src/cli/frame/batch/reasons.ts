/** Why several commands are not for batches, which read or write memory and come to an end. */
export const looks = 'it looks at the machine, and accesses no memory'
export const drivers = 'it changes which driver a device has, or which module the kernel has'
export const saved = 'it reads or writes many registers at one time'
export const makes = 'it makes a file of a description, and accesses no memory'
