import type { AllocateOptions } from '../buffer/allocate.ts'
import type { PhysicalBuffer } from '../buffer/buffer.ts'
import type { DescribedBoard } from '../device/board.ts'
import type { Diagnosis } from '../doctor/examine.ts'
import type { PlaceDiagnosis } from '../doctor/place.ts'
import type { Binding } from '../driver/bind.ts'
import type { FarBinding } from '../driver/bind-far.ts'
import type { BindOptions } from '../driver/bind-options.ts'
import type { UioDevice } from '../driver/uio-device.ts'
import type { Window } from '../engine/windows/window.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { ListedPlace } from '../inventory/places.ts'
import type { Memory } from '../memory/memory.ts'
import type { OwnersReport } from '../translate/owners.ts'
import type { Translation } from '../translate/translation.ts'
import type { DescribeOptions } from './describe.ts'
import type {
  DoctorOptions,
  OpenOptions,
  OwnersOptions,
  PlaceDoctorOptions,
  Stretch,
  StretchOptions,
} from './options.ts'

/**
 * A machine, asked the same way wherever it is. `close()` or `await using` closes what it opened, as
 * far as that is still open.
 */
export interface Machine extends AsyncDisposable {
  /** What names it: `local`, `sim:`, `sim:board.yaml`, `ssh://board`. */
  readonly target: string

  /**
   * A memory: that of a place, or without one the physical memory. Rejects with a RequestError for a
   * place that is malformed or does not exist, and with a RefusedError that says why where the system
   * refuses.
   */
  open(place?: string, options?: OpenOptions): Promise<Memory>

  /**
   * Its registers by their names: those of a chip's description, of a board file, and of devices that the
   * machine names and physmem knows. Rejects as the readers of descriptions do; nothing is accessed.
   *
   *     const board = await machine.describe({ chip: 'bcm2711.svd' })
   *     const { value, fields } = await board.read('UART0.FR')
   */
  describe(options?: DescribeOptions): Promise<DescribedBoard>

  /** What is at which physical address and I/O port; `physmem/inventory` looks in it. */
  map(): Promise<Inventory>

  /** Every place that can be named: by kind, and in each by ascending addresses. */
  list(): Promise<ListedPlace[]>

  /**
   * What is at a place, and whether it can be read and written, or why not. Nothing is accessed; of a
   * simulated board, boards are asked that nobody else sees.
   */
  doctor(place: string, options?: PlaceDoctorOptions): Promise<PlaceDiagnosis>

  /**
   * Where a virtual address of a process is in physical memory. EUSAGE on a simulated board, which has
   * no processes; otherwise as `translate` of `physmem/translate`.
   */
  translate(pid: number, virtual: bigint): Promise<Translation>

  /**
   * Who uses the frames that hold these physical addresses. EUSAGE on a simulated board; otherwise as
   * `owners` of `physmem/translate`.
   */
  owners(addresses: readonly number[], options?: OwnersOptions): Promise<OwnersReport>

  /**
   * Closes what it opened, the last first: every memory and window of it is ECLOSED afterwards, and so is
   * whatever would open another one.
   */
  close(): Promise<void>
}

/** A machine whose memory can be mapped into this process. */
export interface MappableMachine extends Machine {
  /**
   * Maps a stretch as a Window with synchronous accessors: of a place, or of physical memory. Rejects
   * as `open` does; with ERANGE for a stretch that does not exist, and with EUSAGE when it is not said
   * what is to be mapped.
   */
  window(place: string, options?: StretchOptions): Promise<Window>
  window(stretch: Stretch): Promise<Window>
}

/** A machine with an agent. */
export interface FarMachine extends Machine {
  doctor(place: string, options?: PlaceDoctorOptions): Promise<PlaceDiagnosis>
  /** What works on that machine, what does not, why, and what helps. No register is accessed. */
  doctor(): Promise<Diagnosis>

  /**
   * Binds a PCI function of that machine to a driver that its kernel has loaded. It is given back by
   * `close()` of the binding or of the machine, not by the end of this process. Rejects as the function
   * of this name does, and with ECONNECTION, which says what is known to be done.
   */
  bindDriver(address: string, driver: string, options?: BindOptions): Promise<FarBinding>
}

/** This machine, which has what belongs to its kernel and its devices besides. */
export interface LocalMachine extends MappableMachine {
  doctor(place: string, options?: PlaceDoctorOptions): Promise<PlaceDiagnosis>
  /** What works on this machine, what does not, why, and what helps. No register is accessed. */
  doctor(options?: DoctorOptions): Promise<Diagnosis>

  /** RAM in one piece, for a device and this program to share: see the function of this name. */
  allocateBuffer(options: AllocateOptions): Promise<PhysicalBuffer>

  /** Binds a PCI function to a driver: see the function of this name. */
  bindDriver(address: string, driver: string, options?: BindOptions): Promise<Binding>

  /** A UIO device, by number or name: see the function of this name. */
  openUioDevice(which: number | string): Promise<UioDevice>
}
