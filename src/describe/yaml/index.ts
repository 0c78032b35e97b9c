/** Descriptions in YAML. */
export { readYaml } from './read.ts'
