import type { Window } from '../engine/windows/window.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { ListedPlace } from '../inventory/places.ts'
import { Opened } from './opened.ts'
import { joined, STRETCH_OPTIONS, type Stretch, type StretchOptions } from './options.ts'

/** What all machines have alike whose memory can be mapped. */
export abstract class Mappable {
  /** What names it. */
  readonly target: string
  /** Closed with the machine. */
  protected readonly opened: Opened

  constructor(target: string) {
    this.target = target
    this.opened = new Opened(`the machine ${target}`)
  }

  abstract map(): Promise<Inventory>

  /** A window, for `what` as errors name it. */
  abstract mapStretch(
    what: string,
    options: StretchOptions & { place?: string | undefined },
  ): Promise<Window>

  abstract close(): Promise<void>

  async list(): Promise<ListedPlace[]> {
    const { listPlaces } = await import('../inventory/places.ts')
    return listPlaces(await this.map())
  }

  window(place: string, options?: StretchOptions): Promise<Window>
  window(stretch: Stretch): Promise<Window>
  async window(what: string | Stretch, more: StretchOptions = {}): Promise<Window> {
    const options = joined('window', what, more, STRETCH_OPTIONS)
    return await this.opened.add(() => this.mapStretch('window', options))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
