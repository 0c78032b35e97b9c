/** What a program may ask for. native/engine.h says the same, and a test compares the two. */

/** Longest that the delays of one program, and the time-outs of its waits, may be together: one day. */
export const MAX_WAIT_MS = 24 * 60 * 60 * 1000

/**
 * Most bytes that the blocks of one program read together, that blocks and fills write together, and
 * whose cache lines are meant.
 */
export const MAX_BLOCK_BYTES = 2 ** 30

/** Most single reads that are sampled together: see native/sample.h. */
export const MAX_SAMPLED = 256
