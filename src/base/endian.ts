/** Which byte of a value lies at the lowest address: the least significant one, or the most. */
export type Endian = 'little' | 'big'
