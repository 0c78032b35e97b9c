/** Descriptions in YAML, written. */
export { writeYaml } from './device.ts'
