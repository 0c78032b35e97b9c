import { constants } from 'node:os'
import type { Ioctl } from '../client/device.ts'
import * as api from '../client/ioctl.ts'
import type { Members, Values } from '../client/struct.ts'

/** What is where on the machine of a fake module. */
export interface FakeRange {
  start: number
  length: number
  kind: api.MemoryKind
  busy?: boolean
  unusable?: boolean
}

type Answer = Record<string, bigint | number> | keyof typeof constants.errno

/** A module in memory: answers ioctls by a list of ranges, and notes what it was asked. */
export class FakeKmod {
  version: number = api.API_VERSION
  addressLimit = 2n ** 50n
  readonly ranges: FakeRange[]
  /** What a test sets is answered to a request instead of what the module would say. */
  readonly answers = new Map<number, Answer>()
  readonly asked: { code: number; values: Record<string, bigint | number> }[] = []

  constructor(ranges: readonly FakeRange[] = []) {
    this.ranges = [...ranges]
  }

  /** Stands for the ioctl of the addon. */
  readonly ioctl: Ioctl = (_, code, bytes) => {
    for (const request of REQUESTS) {
      if (request.code !== code) continue
      const values = request.struct.decode(bytes)
      this.asked.push({ code, values })
      const answer = this.answers.get(code) ?? this.#answer(code, values)
      if (typeof answer === 'string') return -constants.errno[answer]
      bytes.set(request.struct.encode({ ...values, ...answer } as Partial<Values<Members>>))
      return 0
    }
    return -constants.errno.ENOTTY
  }

  /** What was asked last. */
  last<M extends Members>({ code }: api.Request<M>): Values<M> {
    return this.asked.findLast((one) => one.code === code)?.values as Values<M>
  }

  #answer(code: number, values: Record<string, bigint | number>): Answer {
    switch (code) {
      case api.GET_VERSION.code:
        return { api: this.version, pageSize: 4096, addressLimit: this.addressLimit }
      case api.GET_RANGE.code:
        return this.#range(Number(values.start), Number(values.length))
      case api.CHECK_MAP.code:
        return { refusal: api.REFUSALS.indexOf('allowed') }
      case api.SET_CACHING.code:
      case api.CACHE.code:
        return {}
      default:
        return 'EINVAL'
    }
  }

  #range(start: number, length: number): Answer {
    const range = this.ranges.find((one) => one.start <= start && start < one.start + one.length)
    const next = Math.min(...this.ranges.map((one) => one.start).filter((other) => other > start))
    const end = Math.min(start + length, range ? range.start + range.length : next)
    return {
      length: BigInt(end - start),
      kind: api.KINDS.indexOf(range?.kind ?? 'none'),
      flags: (range?.busy ? api.RANGE_BUSY : 0) | (range?.unusable ? api.RANGE_UNUSABLE : 0),
    }
  }
}

const REQUESTS: readonly api.Request<Members>[] = [
  api.GET_VERSION,
  api.GET_RANGE,
  api.CHECK_MAP,
  api.SET_CACHING,
  api.ALLOCATE,
  api.GET_BUFFER,
  api.CACHE,
  api.TRANSLATE,
  api.GET_DMA,
]
