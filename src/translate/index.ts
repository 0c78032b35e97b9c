/**
 * Virtual to physical, and who uses a frame: `physmem/translate`. Needs root on Linux, and says by
 * its errors what is missing.
 */
export { type PageColumns, readPages } from './columns.ts'
export type { Compound } from './frames.ts'
export { type KernelTranslation, translateKernel } from './kernel.ts'
export type { Owner } from './owner.ts'
export { OwnerIndex } from './owner-index.ts'
export { type OwnedFrame, type OwnersReport, owners } from './owners.ts'
export { type Located, ProcessTranslator } from './process-translator.ts'
export { translate } from './translate.ts'
export { AllTranslation, type Run, type Totals, translateAll } from './translate-all.ts'
export type { PageKind, Translation } from './translation.ts'
export type { Skipped, WalkOptions } from './walk.ts'
