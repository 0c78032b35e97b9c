/** On a kernel that takes no modules nothing says how to build one: one reason, whoever is asked. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeRoot, type RecordedMachine, recordedMachines } from '../../linux/testing/fake-root.ts'
import { withKmod } from '../../refusal/get-kmod.ts'
import { asking } from '../../refusal/testing/roots.ts'
import { worded } from '../../refusal/testing/worded.ts'
import { run } from '../testing/run.ts'

const WAYS = /kmod build|kmod load|headers|apt /

let root: FakeRoot
afterEach(() => root[Symbol.dispose]())

/** A recorded machine whose kernel were built without modules. */
function without(name: RecordedMachine): FakeRoot {
  const machine = asking(FakeRoot.recorded(name))
  rmSync(join(machine.path, 'proc/modules'))
  rmSync(join(machine.path, 'proc/config.gz'), { force: true })
  rmSync(join(machine.path, 'boot'), { recursive: true, force: true })
  return machine
}

async function told() {
  const [status, build, load] = await Promise.all(
    ['status', 'build', 'load'].map((action) => run(`kmod ${action}`, { root: root.path })),
  )
  const rows = status?.out.split('\n') ?? []
  const refused = worded(withKmod(root.system, ['boot with nopat'])).cure
  return { loading: rows.find((row) => row.startsWith('loading')), rows, build, load, refused }
}

describe.each(recordedMachines)('on %s', (name) => {
  it('built without modules, there is nothing to build or load', async () => {
    root = without(name)
    const reason = 'the kernel was built without CONFIG_MODULES (ENOSYS)'
    const cure = 'use a kernel with CONFIG_MODULES=y'
    const { loading, rows, build, load, refused } = await told()
    expect(loading).toBe(`loading  ${reason}`)
    expect(rows).toContain(`next     ${cure}`)
    const refusal = (verb: string) => ({
      ...{ code: 1, out: '' },
      err: `physmem: the kernel module cannot be ${verb}: ${reason}\n  cure: ${cure}\n`,
    })
    expect(build).toEqual(refusal('built'))
    expect(load).toEqual(refusal('loaded'))
    expect(refused).toBe(
      `boot with nopat; the module of physmem would do, but cannot be loaded: ${reason}`,
    )
  })

  it('with modules switched off, there is nothing to load until the next boot', async () => {
    root = asking(FakeRoot.recorded(name)).put('proc/sys/kernel/modules_disabled', '1\n')
    const reason = 'loading modules is switched off until the next boot (EPERM)'
    const cure = 'reboot; something wrote 1 to modules_disabled'
    const { loading, rows, load, refused } = await told()
    expect(loading).toBe(`loading  ${reason}`)
    expect(rows).toContain(`next     ${cure}`)
    expect(load).toEqual({
      ...{ code: 1, out: '' },
      err: `physmem: the kernel module cannot be loaded: ${reason}\n  cure: ${cure}\n`,
    })
    expect(refused).not.toMatch(WAYS)
  })

  it('as it is, all name the same way', async () => {
    root = asking(FakeRoot.recorded(name))
    const { rows, build, load, refused } = await told()
    expect(rows.join('\n')).toMatch(/^next .*physmem kmod build$/m)
    expect(build?.err).toContain('are not installed')
    expect(load?.err).toContain('physmem kmod build')
    expect(refused).toContain('physmem kmod build && physmem kmod load')
  })
})

it('for another kernel, or of a given build tree, the module is built all the same', async () => {
  root = without('x86_64-6.12')
  root.put('headers/Makefile', 'modules:\n\t@touch $(M)/physmem.ko\n')
  const built = await run(`kmod build --headers ${root.at('headers')} -o ${root.at('out')}`, {
    root: root.path,
  })
  expect(built.code).toBe(0)
  const other = await run('kmod build --kernel 6.1.0-1-amd64', { root: root.path })
  expect(other.err).toContain('the headers of kernel 6.1.0-1-amd64 are not installed')
})
