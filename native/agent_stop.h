/* The end of a command by a signal: it says what was done, and then dies of it. */
#ifndef PHYSMEM_AGENT_STOP_H
#define PHYSMEM_AGENT_STOP_H

#include <stdatomic.h>

/* Not 0 when the command is to stop, for pm_run_checked() and whatever waits. */
extern atomic_int agent_stop;

/* From now on SIGINT, SIGTERM and SIGHUP ask for that; a second one ends the agent at once. */
void agent_listen(void);

/* `Ctrl-C`, `SIGTERM`, `SIGHUP`: which one it was. */
const char *agent_stopper(void);

/* Ends the process by the signal that stopped it; returns when none did. */
void agent_die_stopped(void);

#endif
