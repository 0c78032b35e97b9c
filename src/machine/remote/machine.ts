import { PhysmemError } from '../../base/errors.ts'
import type { CacheControl } from '../../engine/addon.ts'
import type { Mode } from '../../engine/source.ts'
import { physicalAddressBits } from '../../linux/cpu.ts'
import { askFetching, FetchedFiles } from '../../linux/fetched-files.ts'
import type { PagedSystem, System } from '../../linux/system.ts'
import type { Memory } from '../../memory/memory.ts'
import type { Place } from '../../place/schemes/index.ts'
import { agentFiles } from '../../remote/access-file.ts'
import { agentI2c } from '../../remote/i2c.ts'
import { AgentLocks } from '../../remote/locks.ts'
import { fetchFrom } from '../../remote/look.ts'
import { type Look, openRemote } from '../../remote/open.ts'
import { agentPorts } from '../../remote/ports.ts'
import type { Session } from '../../remote/session.ts'
import { type AgentSysfs, agentSysfs } from '../../remote/sysfs.ts'
import { type Trials, trialsOf } from '../../remote/trials.ts'
import { WordFiles } from '../../remote/word-files.ts'
import type { Asking } from '../../translate/asking.ts'
import { devMemSource } from '../../ways/devmem.ts'
import { PhysicalMemory } from '../../ways/physical.ts'
import { BarWay } from '../../ways/route/bar-way.ts'
import { CachedWay } from '../../ways/route/cached-way.ts'
import { DevMemWay } from '../../ways/route/devmem-way.ts'
import { KcoreWay } from '../../ways/route/kcore-way.ts'
import type { Opener } from '../../ways/route/opener.ts'
import { Router } from '../../ways/route/router.ts'
import type { Notify } from '../found.ts'
import { describeChoice } from '../local/resolve/physical.ts'
import type { Facts, Location, Machine } from '../machine.ts'
import { Memories } from '../memories.ts'
import { findRemote, type RemoteReach } from './find.ts'
import { tellingGone } from './gone.ts'

/** Processes that are looked into at one time: each has a node of the agent, which has 32. */
const WALKED_AT_ONCE = 4

/** Pages that one question may be about: at most 64 MiB of entries. */
const MOST_PAGES = 2 ** 23

export interface RemoteMachineOptions {
  /** The machine that has the files: they are where the program is, whatever its target. */
  local: Machine
  mode?: Mode
  notify?: Notify
  /** Allows blocks over ranges of I/O ports, which act on devices. Default `false`. */
  actOnPorts?: boolean
  /** The same of registers of I2C devices. Default `false`. */
  actOnI2c?: boolean
}

/** A machine with an agent, which makes the accesses and tells the facts. */
export class RemoteMachine implements Machine {
  readonly #session: Session
  readonly #local: Machine
  readonly #mode: Mode
  readonly #notify: Notify
  readonly #reach: Omit<RemoteReach, 'mode'>
  readonly #memories: Memories
  readonly #locks: AgentLocks

  /** Takes the session over. */
  constructor(
    session: Session,
    {
      local,
      mode = 'write',
      notify = () => {},
      actOnPorts = false,
      actOnI2c = false,
    }: RemoteMachineOptions,
  ) {
    this.#session = session
    this.#local = local
    this.#mode = mode
    this.#notify = notify
    const look: Look = (question) => this.look(question)
    const ports = { blocks: actOnPorts, instructions: agentPorts(session) }
    this.#reach = {
      files: agentFiles(session, look),
      ports: () => ports,
      i2c: { blocks: actOnI2c, opener: agentI2c(session, look) },
    }
    this.#memories = new Memories(session.name)
    this.#locks = new AgentLocks(session)
  }

  async locate(place: Place, length = 1, mode = this.#mode): Promise<Location> {
    if (place.scheme === 'file') return this.#local.locate(place, length, mode)
    const { system, ask } = this.#gathered()
    const found = await ask(() => findRemote(place, length, mode, system))
    const { key, identity, source, open: openUnmapped, openPaged, ...where } = found
    const open = async (gone: () => void) => {
      if (openUnmapped) {
        const files = tellingGone(this.#reach.files, gone)
        return { memory: await openUnmapped({ ...this.#reach, files, mode }) }
      }
      if (source) return { memory: await this.#opener(mode).open(source) }
      if (openPaged) {
        const physical = await this.#physical(mode)
        return { memory: await openPaged(this.asking(), physical, gone) }
      }
      return { memory: await this.#openPhysical(mode) }
    }
    const { memory } = await this.#memories.once({ key: `${mode} ${key}`, identity, open })
    return { memory, ...where }
  }

  look<T>(question: (system: System) => T | Promise<T>): Promise<T> {
    const { system, ask } = this.facts()
    return ask(async () => question(system))
  }

  facts(): Facts {
    const files = new FetchedFiles()
    const { cpu, pageSize } = this.#session.hello
    const fetch = fetchFrom(this.#session)
    const system: System = { files, cpu, pageSize }
    return { system, ask: (question) => askFetching(files, question, fetch) }
  }

  trials(): Trials {
    return trialsOf(this.#session)
  }

  sysfs(): AgentSysfs {
    return agentSysfs(this.#session)
  }

  caches(): CacheControl | undefined {
    return this.#session.hello.cache
  }

  locks(): AgentLocks {
    return this.#locks
  }

  asking(): Asking {
    const { system, ask, words, files } = this.#gathered()
    return {
      ...{ system, ask, atOnce: WALKED_AT_ONCE, mostPages: MOST_PAGES },
      each: async function* (question) {
        yield* await ask(() => [...question()])
      },
      renew: () => {
        files.forget()
        words.forget()
      },
      apart: () => this.asking(),
      close: () => words.close(),
    }
  }

  #gathered() {
    const files = new FetchedFiles()
    const words = new WordFiles(this.#session)
    const { cpu, pageSize } = this.#session.hello
    const fetch = fetchFrom(this.#session)
    const system: PagedSystem = {
      ...{ files, cpu, pageSize, isFetched: true },
      openWords: (path) => words.open(path),
      now: () => system,
    }
    const ask = <T>(question: () => T | Promise<T>) =>
      askFetching(files, async () => question(), fetch, words)
    return { system, ask, words, files }
  }

  get isLost(): boolean {
    return this.#session.lost !== undefined
  }

  renew(): Promise<void> {
    return this.#local.renew()
  }

  async close(): Promise<void> {
    await this.#memories.close()
    await this.#local.close()
    await this.#session.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #physical(mode: Mode): Promise<Memory> {
    const open = async () => ({ memory: await this.#openPhysical(mode) })
    return (await this.#memories.once({ key: `${mode} physical`, open })).memory
  }

  #opener(mode: Mode): Opener {
    const { look } = this.#reach.files
    return { mode, look, open: (source) => openRemote(this.#session, source, look) }
  }

  /** /dev/mem, and what reaches what it does not; the ways of this machine but for the module. */
  async #openPhysical(mode: Mode): Promise<Memory> {
    const opener = this.#opener(mode)
    const { source, bits } = await this.look((system) => ({
      source: devMemSource(mode, system),
      bits: physicalAddressBits(system.files),
    }))
    const direct = await opener.open(source).catch(onlyPhysmem)
    const notify: PhysicalNotify = (choice) => this.#notify(describeChoice(choice))
    return new PhysicalMemory({
      ...{ mode, direct, notify },
      length: 2 ** bits,
      isSecond: false,
      route: async (name) => {
        const mapping = [new DevMemWay(direct), new BarWay(opener), new CachedWay(opener)]
        return new Router(name, [...mapping, new KcoreWay(this.#reach.files)], notify)
      },
    })
  }
}

type PhysicalNotify = ConstructorParameters<typeof Router>[2]

function onlyPhysmem(error: unknown): PhysmemError {
  if (error instanceof PhysmemError) return error
  throw error
}
