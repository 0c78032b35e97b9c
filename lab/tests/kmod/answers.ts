/** What guest/kmod-try.c and guest/kmod-buffers.c say of a module that does as its header promises. */

export const inputs = `
an unknown number: ENOTTY
a number of somebody else: ENOTTY
a struct of the wrong size: EINVAL
a pointer to nothing: EFAULT
an ioctl of buffers: ENOTTY
an unknown caching: EINVAL
a range of no bytes: EINVAL
a range of 2^63 bytes: EINVAL
a range that wraps: EINVAL
a reserved field: EINVAL
map of RAM and what is none: EXDEV
map of nothing: ENXIO
map beyond the CPU's addresses: EINVAL
map over their end: EINVAL
map at 2^63: EINVAL
map at the last page: EOVERFLOW
map that wraps: EOVERFLOW
map of no bytes: EINVAL
map at no page: EINVAL
private map: EINVAL
uncached map of RAM: EBUSY
write-combining map of RAM: EBUSY
write-back map of RAM: ok
write-back map of a device: EOPNOTSUPP
buffer of no bytes: EINVAL
buffer of 2^63 bytes: EINVAL
buffer of 2^64 - 1 bytes: EINVAL
buffer larger than memory: ENOMEM
buffer below the first page: ENOMEM
buffer aligned to 3: EINVAL
buffer aligned to 2^63: ENOMEM
buffer of an unknown caching: EINVAL
an unknown cache operation: EINVAL
cache operation 0: EINVAL
an unknown cache flag: EINVAL
clean of no bytes: EINVAL
clean that wraps: EINVAL
clean of nothing: ENXIO
clean of a device: EOPNOTSUPP
invalidate of RAM: EPERM
translate of a user's address: EINVAL
translate of 2^63: EINVAL
translate of 2^64 - 1: EFAULT
DMA of no function: ENODEV
DMA of no bytes: EINVAL
read(): EINVAL
`

export const readOnly = `
writable map: EACCES
readable map: ok
made writable later: EACCES
grown: EFAULT
`

export const denied = (open: string): string => `
open: ${open}
version: EPERM
range: EPERM
check: EPERM
caching: EPERM
buffer: EPERM
cache: EPERM
translate: EPERM
dma: EPERM
map: EPERM
`

const lives = [
  ['0x1 bytes, caching 0', '0x1000'],
  ['0x5000 bytes, caching 1', '0x5000'],
  ['0x100000 bytes, caching 2', '0x100000'],
  ['0x100000 bytes, caching 3', '0x100000'],
  ['0x4000000 bytes, caching 1', '0x4000000'],
  ['0x4000000 bytes, caching 2', '0x4000000'],
]
export const life = lives.map(
  ([asked, got]) => `
${asked}: got ${got}, close-on-exec yes, aligned yes, below yes
told the same: yes
zeros: yes, pages elsewhere: 0
seen by its physical address: yes
system calls reach it: yes
still there when its pages were taken out of the map: yes
map beyond its end: EINVAL
map over its end: EINVAL
private map: EINVAL
closed: ok
closed again: EBADF
lives by its physical map: yes
lives without: no`,
)

export const pass = `
the device: EPERM
a map of the device: EPERM
where the buffer lies: EPERM
its address for a function: EPERM
its length: 0x2000
another place in it: EINVAL
what the sender wrote: yes
flush: ok
invalidate: ok
what the receiver wrote: yes, it ended with 0
lives on: no
`

export const caches = `
clean: ok
flush of some bytes: ok
clean over the end: EINVAL
clean past the end: EINVAL
clean of 2^64 - 1 bytes: EINVAL
invalidate by its physical address: ok
words lost: 0
clean of RAM: ok
invalidate of RAM that was cleaned: ok
it is unharmed: yes
flush of secret memory: ok
it is unharmed: yes
`

export const conflict = (reserved: number): string => `
write-back map of a write-combining buffer: EBUSY
uncached map of it: EBUSY
map of it as it is: ok
map of it and its neighbour: EBUSY
write-back map of reserved memory: ok
uncached map of its second page: EBUSY
refusal 5 caching 1 address 0x${(reserved + 0x1000).toString(16)}
uncached map of the page after: ok
a second write-back map: ok
half of it unmapped: EINVAL
write-combining map when it is gone: ok
a part moved away: EINVAL
flush of what is mapped uncached: EBUSY
flush when it is not mapped: ok
write-combining map of all of it: ok
`
