import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeRoot } from '../../linux/testing/fake-root.ts'
import { run } from '../testing/run.ts'

const isX86 = process.platform === 'linux' && process.arch === 'x64'
const title = isX86 ? 'msr: places' : `msr: places (skipped: this CPU is ${process.arch})`

const ALLOW_WRITES = 'sys/module/msr/parameters/allow_writes'

/** Registers 0x10 and 0x1b: in a plain file, they are 8 bytes at their numbers. */
function registers(apicBase: bigint): Uint8Array {
  const bytes = new Uint8Array(0x40)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0x10, 0x1122_3344_5566_7788n, true)
  view.setBigUint64(0x1b, apicBase, true)
  return bytes
}

describe.skipIf(!isX86)(title, () => {
  let root: FakeRoot
  beforeEach(() => {
    root = new FakeRoot()
      .put('dev/cpu/0/msr', registers(0xfee0_0900n))
      .put('dev/cpu/1/msr', registers(0xfee0_0800n))
      .put('proc/self/status', 'CapEff:\t000001ffffffffff\n')
  })
  afterEach(() => root[Symbol.dispose]())

  const on = (line: string) => run(line, { root: root.path })
  const printed = (...lines: string[]) => ({
    code: 0,
    out: lines.map((line) => `${line}\n`).join(''),
    err: '',
  })

  it('are read with 64 bits, of any CPU', async () => {
    expect(await on('read msr:0x1b msr:cpu1:0x1b msr:0x1b:8')).toEqual(
      printed(
        'msr:0x1b       0x00000000fee00900',
        'msr:cpu1:0x1b  0x00000000fee00800',
        'msr:0x1b:8     0x1                 in 0x00000000fee00900',
      ),
    )
    expect(await on('read msr:0x1b -w 64 -q')).toEqual(printed('0x00000000fee00900'))
    expect(await on('wait msr:cpu1:0x1b:8=0 -q')).toEqual(printed('0x0'))
    expect(await on('devmem msr:0x1b 64')).toEqual(printed('0x00000000FEE00900'))
  })

  it('beside places of another width', async () => {
    root.put('a.bin', new Uint8Array(8))
    expect(await on(`read file:${root.at('a.bin')} msr:0x10 -q`)).toEqual(
      printed('0x00000000', '0x1122334455667788'),
    )
  })

  it('are written whole, or by bits', async () => {
    expect(await on('write msr:0x10=5 --verify')).toEqual(printed())
    expect(await on('write msr:0x10:63:60=0xa')).toEqual(
      printed('msr:0x10:63:60  read 0x0, wrote 0xa  in 0x0000000000000005, 0xa000000000000005'),
    )
  })

  it('have their number as the place, and 8 times it as the address', async () => {
    const { out } = await on('read msr:0x10+0 --json')
    expect(JSON.parse(out).results).toEqual([
      { place: 'msr:0x10', address: 0x80, width: 64, value: '0x1122334455667788' },
    ])
  })

  it('have no other width', async () => {
    expect(await on('read msr:0x1b -w 32')).toEqual({
      code: 2,
      out: '',
      err: 'physmem: msr:0x1b: model-specific registers have 64 bits and cannot be accessed with 32\n  hint: use --width 64\n',
    })
    expect(await on('devmem msr:0x1b')).toMatchObject({
      err: 'physmem: msr:0x1b: model-specific registers have 64 bits and cannot be accessed with 32\n  hint: use the width 64\n',
    })
  })

  it.each([
    'read msr:0x10..0x12',
    'dump msr:0x10',
    'fill msr:0x10..+2 0 -w 64',
    `load msr:0x10 /dev/null`,
    'copy msr:0x10..+8 0x1000',
    'copy 0x1000..+8 msr:0x10',
    'compare 0x1000..+8 msr:0x10',
    'search msr:0x10..+8 0',
    'cache flush msr:0x10..+8',
  ])('are no bytes: %s', async (line) => {
    const { code, out, err } = await on(line)
    const why =
      'model-specific registers are not bytes, and a length could count either: name them one by one, or use --count of read'
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(`is not a range: ${why}\n`)
  })

  it('lie nowhere', async () => {
    expect((await on('map msr:0x1b')).err).toBe(
      'physmem: msr:0x1b is a model-specific register, which has no physical address\n',
    )
    expect((await on('owners msr:0x1b')).err).toBe(
      'physmem: msr:0x1b is a model-specific register, which is in no page\n',
    )
  })

  it('are examined by the doctor', async () => {
    expect(await on('doctor msr:cpu1:0x1b')).toEqual(
      printed(
        'msr:cpu1:0x1b',
        '     here     one of the model-specific registers, which have no physical address',
        '✓  read     works, by msr:cpu1',
        '✓  write    works, by msr:cpu1',
      ),
    )
    root.put(ALLOW_WRITES, 'off\n')
    expect((await on('doctor msr:cpu1:0x1b')).out).toContain(
      'why      msr:cpu1 cannot be written: the module msr permits no writes (msr.allow_writes=off, EPERM)\n',
    )
  })

  it('are refused in a dry run as in the run', async () => {
    root.put(ALLOW_WRITES, 'off\n')
    for (const line of ['write msr:0x10=1 --dry-run', 'write msr:0x10=1']) {
      expect(await on(line)).toEqual({
        code: 1,
        out: '',
        err: 'physmem: msr:cpu0 cannot be written: the module msr permits no writes (msr.allow_writes=off, EPERM)\n  cure: allow it: echo on > /sys/module/msr/parameters/allow_writes\n',
      })
    }
    root.put(ALLOW_WRITES, 'default\n')
    expect((await on('write msr:0x10=1 --dry-run')).code).toBe(0)
    expect(await on('read msr:0x10 -q')).toEqual(printed('0x1122334455667788'))
  })

  it('are described', async () => {
    root.put(
      'apic.yaml',
      [
        'name: apic',
        'blocks:',
        '  apic:',
        '    registers:',
        '      TSC: { offset: 0x00, width: 64 }',
        '      BASE:',
        '        offset: 0x58',
        '        width: 64',
        '        fields: { BSP: 8, ENABLE: 11, ADDRESS: 51:12 }',
        '      HALF: { offset: 0x04, width: 32 }',
        '',
      ].join('\n'),
    )
    const block = `${root.at('apic.yaml')}@msr:0x10`
    expect(await on(`read ${block}.TSC ${block}.BASE:BSP -q`)).toEqual(
      printed('0x1122334455667788', '1'),
    )
    expect((await on(`read ${block}.HALF`)).err).toBe(
      'physmem: msr:0x10: model-specific registers have 64 bits and cannot be accessed with 32\n  hint: use --width 64\n',
    )
    const file = root.at('now.json')
    expect((await on(`snapshot ${block}.BASE -o ${file}`)).code).toBe(0)
    root.put('dev/cpu/0/msr', registers(0xfee0_0100n))
    expect((await on(`diff ${file}`)).out).toContain('ENABLE')
    expect((await on(`restore ${file}`)).code).toBe(0)
    expect(await on(`read ${block}.BASE -q`)).toEqual(printed('0x00000000fee00900'))
  })
})
