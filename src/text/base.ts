/** How values are written. */
export type Base = 'hex' | 'dec' | 'bin'
