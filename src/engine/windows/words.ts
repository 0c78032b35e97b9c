/**
 * What the windows of this thread share with the engine: the fault flag, an offset and a value. The
 * flag is zero as long as nothing faulted, otherwise what the signal handler wrote (native/guard.h).
 * One serves all windows, since every accessor looks at it right after its own access and lowers it
 * before it throws. Off V8's heap, so that compiled code holds its address.
 */
export const windowWords: Uint32Array = new Uint32Array(new ArrayBuffer(12))

export const FLAG = 0
/** Of a call into the engine: where in the mapping. */
export const OFFSET = 1
/** What is to be stored, or was loaded. */
export const VALUE = 2
