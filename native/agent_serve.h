/* `physmem-agent serve`: answers the frames of agent_protocol.h. */
#ifndef PHYSMEM_AGENT_SERVE_H
#define PHYSMEM_AGENT_SERVE_H

/* Until the input ends. Returns an exit code: AGENT_DONE, or AGENT_USAGE for what is no frame. */
int agent_serve(int in, int out);

#endif
