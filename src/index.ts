/**
 * physmem: physical memory and hardware registers from Linux user space, exact and guarded.
 *
 * @module
 */

export type { ErrorData } from './base/error-data.ts'
export {
  AccessError,
  ConditionError,
  type ErrorCode,
  PhysmemError,
  RefusedError,
  RequestError,
} from './base/errors.ts'
export type { RunResults } from './base/run-results.ts'
export type { Value, ValueOf, Width } from './base/width.ts'
export { type AllocateOptions, allocateBuffer } from './buffer/allocate.ts'
export type { Caching, Origin } from './buffer/backing.ts'
export type { PhysicalBuffer } from './buffer/buffer.ts'
export type { DmaCheck } from './buffer/dma-check.ts'
export type { DmaSafety } from './buffer/dma-safety.ts'
export { type Binding, bindDriver } from './driver/bind.ts'
export type { FarBinding } from './driver/bind-far.ts'
export type { BindOptions } from './driver/bind-options.ts'
export { setBusMaster } from './driver/command-register.ts'
export type { Interrupt } from './driver/interrupts.ts'
export {
  type InterruptsOptions,
  type MapOptions,
  openUioDevice,
  type UioDevice,
  type WaitForInterruptOptions,
} from './driver/uio-device.ts'
export type { Mode } from './engine/source.ts'
export type { AccessPath } from './engine/windows/map-window.ts'
export type { Window } from './engine/windows/window.ts'
export { connect } from './face/connect.ts'
export type {
  DescribedBoard,
  DescribeOptions,
  FieldReading,
  FieldValue,
  RegisterReading,
  UpdateOptions,
} from './face/describe.ts'
export type { FarMachine, LocalMachine, Machine, MappableMachine } from './face/machine.ts'
export type {
  DoctorOptions,
  OwnersOptions,
  PlaceDoctorOptions,
  Stretch,
  StretchOptions,
} from './face/options.ts'
export { Memory, type UpdateResult, type WaitResult } from './memory/memory.ts'
export { Program } from './memory/program.ts'
export type { Results } from './memory/results.ts'
export type { RunOptions, WaitOptions } from './memory/run-options.ts'
export type { Step, Stepping } from './memory/step.ts'
export {
  type MapWindowOptions,
  mapWindow,
  type OpenOptions,
  open,
  type WindowOptions,
} from './open.ts'
export type { JsonDocument } from './report/documents.ts'
export type { Script } from './script/script.ts'
