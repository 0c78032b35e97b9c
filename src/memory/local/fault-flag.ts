/**
 * The fault flag of all windows of this thread, one word: zero as long as nothing faulted, otherwise
 * what the signal handler wrote (native/guard.h). One serves them all, since every accessor looks at
 * it right after its own access and lowers it before it throws. Off V8's heap, so that compiled code
 * holds its address.
 */
export const faultFlag = new Uint32Array(new ArrayBuffer(4))
