/** Registers of configuration space by name, with nothing else of it being read. */
import { describe, expect, it } from 'vitest'
import { run } from '../cli/testing/run.ts'
import { readOutline } from '../describe/pci/index.ts'
import { askFetching, FetchedFiles } from '../linux/fetched-files.ts'
import type { Files } from '../linux/files.ts'
import { FakeRoot } from '../linux/testing/fake-root.ts'
import { ReplayFiles } from '../linux/testing/replay-files.ts'
import { configWords } from './config-words.ts'

const device = '0000:00:04.0'

function tree(): FakeRoot {
  const bytes = new Uint8Array(256)
  bytes.set([0x34, 0x12, 0xe8, 0x11, 0x07, 0x01, 0x10, 0x00])
  bytes.set([0x40], 0x34)
  bytes.set([0x05, 0x00, 0x81, 0x00], 0x40)
  return new FakeRoot()
    .put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
    .pci(device)
    .put(`sys/bus/pci/devices/${device}/config`, bytes)
}

describe('configuration space by name', () => {
  it('reads a register of the header, and one of a capability', async () => {
    using root = tree()
    const at = (...argv: string[]) => run(argv, { root: root.path })
    const place = `pci:${device}/config`
    expect(await at('read', '-q', `${place}.COMMAND`)).toMatchObject({ code: 0, out: '0x0107\n' })
    expect(await at('read', '-q', `${place}.MSI.CONTROL`)).toMatchObject({ out: '0x0081\n' })
  })

  it('has the same words far away, one fetched for each capability', async () => {
    using root = tree()
    const config = `/sys/bus/pci/devices/${device}/config`
    const near = await configWords(device, root.system, readOutline)
    const files = new ReplayFiles(root.files)
    const asked: number[] = []
    const word = files.word.bind(files)
    files.word = (path, offset) => {
      asked.push(offset)
      return word(path, offset)
    }
    const far = (given: Files) =>
      configWords(device, { ...root.system.now(), files: given }, readOutline)
    expect(await files.askLoading(far)).toEqual(near)
    expect(new Set(asked)).toEqual(new Set([0x40]))
    expect(root.files.bytes(config)?.length).toBe(256)
  })

  it('has the header alone far away where the rest is closed, or is what no function has', async () => {
    using closed = tree().put('proc/self/status', 'CapEff:\t0000000000000000\n')
    const question = (root: FakeRoot) => (files: Files) =>
      configWords(device, { ...root.system.now(), files }, readOutline)
    const header = await new ReplayFiles(closed.files).askLoading(question(closed))
    expect(header?.length).toBe(64)
    // Capabilities behind each other, up to the end.
    const all = new Uint8Array(4096)
    all.set([0x34, 0x12, 0xe8, 0x11, 0x07, 0x01, 0x10, 0x00])
    all.set([0x40], 0x34)
    all.set([0x10, 0x00], 0x40)
    for (let at = 0x100; at < 4096; at += 4)
      new DataView(all.buffer).setUint32(at, ((at + 4) << 20) | 1, true)
    using hostile = tree().put(`sys/bus/pci/devices/${device}/config`, all)
    const facts = new FetchedFiles()
    const found = await askFetching(
      facts,
      () => question(hostile)(facts),
      async (wanted) =>
        wanted.map(({ verb, path, most, wordAt }) => {
          const bytes =
            wordAt === undefined ? hostile.files.bytes(path, most) : all.slice(wordAt, wordAt + 4)
          return { value: verb === 'bytes' ? bytes : hostile.files[verb](path), errno: undefined }
        }),
    )
    expect(found?.length).toBe(4096)
  })
})
