/** `physmem chips --json`. */
export interface ChipsDocument {
  descriptions: DescriptionReport[]
  devices: LiveDeviceReport[]
}

/** A description in use. */
export interface DescriptionReport {
  /** A file, or `sim:`. */
  from: string
  chip: string
  blocks: string[]
  /** Blocks of which nothing is used, since what is said of them is wrong. */
  unusable?: { name: string; why: string }[]
}

/** A device that the machine names itself. */
export interface LiveDeviceReport {
  name: string
  /** The kinds of block that it has. */
  blocks: string[]
  from: string
  /** Why it may not answer. */
  asleep?: string
}
