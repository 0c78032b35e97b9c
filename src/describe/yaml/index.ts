/** Descriptions in YAML, and overlays of any description. */

export { applyOverlay, overlayBase } from './overlay/device.ts'
export { DEVICE_KEYS, readYaml } from './read.ts'
