/* What the agent's own C library has besides the functions that every one has. */
#ifndef PHYSMEM_AGENT_LIBC_H
#define PHYSMEM_AGENT_LIBC_H

/* Of this system, in bytes; set before anything asks. */
extern unsigned long agent_page_bytes;

__attribute__((noreturn)) void agent_exit(int code);

#endif
