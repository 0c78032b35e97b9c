/** What Vivado writes: the hardware handoff (.hwh), and the archive that has it in it (.xsa). */
export { readHwh } from './hwh.ts'
export { readXsa } from './xsa.ts'
