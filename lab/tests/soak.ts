/** Whether this is `npm run test:soak`: what takes minutes and need not hold before each change. */
const isSoak = Boolean(process.env.PHYSMEM_SOAK)

/** How many rounds or seconds: all of them in a soak, `inGate` otherwise. */
export const soaked = (all: number, inGate: number): number => (isSoak ? all : inGate)
