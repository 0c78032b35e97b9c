/** Descriptions in YAML, and overlays of any description. */
export { applyOverlay, overlayBase } from './overlay/device.ts'
export { readYaml } from './read.ts'
