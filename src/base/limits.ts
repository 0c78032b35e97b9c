/** The first address that no CPU has: physical addresses have at most 52 bits (Arm ARM D8, FEAT_LPA). */
export const ADDRESS_LIMIT = 2 ** 52
