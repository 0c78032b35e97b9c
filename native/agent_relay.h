/*
 * Carries bytes between two descriptors of this machine and a serial line (agent_line.h), at both
 * ends of it: at the agent's (agent_serial.c), and at the client's (agent_join.c).
 */
#ifndef PHYSMEM_AGENT_RELAY_H
#define PHYSMEM_AGENT_RELAY_H

#include "agent_line.h"

struct agent_relay {
  int tty;    /* does not wait */
  int source; /* what is read here is sent; -1: nothing is carried */
  int sink;   /* what comes is written here */
  bool source_ended;
  bool line_ended; /* the device is gone */
  unsigned echoes; /* of what was sent from here, whatever session it was of */
  struct agent_line line;
  struct agent_decoder decoder;
  /* On its way to the line. */
  uint8_t wire[PM_LINE_WIRE];
  size_t wire_bytes, wire_done;

  /* Packets for which this end has another use, or of another session. */
  void (*hear)(struct agent_relay *relay, const struct agent_packet *packet, uint64_t now);
  /* The packet that goes before all data, if there is one now. */
  bool (*say)(struct agent_relay *relay, uint64_t now, struct agent_packet *packet);
  /* Each byte that comes, and whether it completed a packet; NULL where nobody asks. */
  void (*overhear)(struct agent_relay *relay, uint8_t byte, bool is_packet, uint64_t now);
};

/* Milliseconds of a clock that only runs on. */
uint64_t agent_relay_now(void);

/* Waits until something can be carried, or until `due` at most, and carries it. */
void agent_relay_turn(struct agent_relay *relay, uint64_t due);

#endif
