/** Descriptions in YAML, written. */
export { type WrittenYaml, writeYaml } from './device.ts'
