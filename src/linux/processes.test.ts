import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listProcesses, parseStat, processRefusal, readProcess } from './processes.ts'
import { FakeRoot } from './testing/fake-root.ts'

/** From a lab machine, kernel 6.12. */
const kthreadd = '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 3 0 0\n'
const sleep = '146 (sleep) S 1 146 146 0 -1 4194304 41 0 0 0 0 0 0 0 20 0 1 0 300 0 0\n'

describe('parseStat', () => {
  it('tells a thread of the kernel from a process', () => {
    expect(parseStat(kthreadd)).toEqual({
      pid: 2,
      name: 'kthreadd',
      kernelThread: true,
      state: 'S',
    })
    expect(parseStat(sleep)).toEqual({ pid: 146, name: 'sleep', kernelThread: false, state: 'S' })
  })

  it('takes any name', () => {
    for (const name of ['', ') R 1 (', 'a b', 'a\nb', '((', '))']) {
      expect(parseStat(sleep.replace('sleep', name))?.name).toBe(name)
    }
  })

  it.each(['', '1', '(x) S', '0 (x) S 1', '1 (x) 7 1', '1 )x( S 1', '1x (x) S 1'])(
    'refuses %j',
    (text) => {
      expect(parseStat(text)).toBeUndefined()
    },
  )

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseStat(text)))
    fc.assert(
      fc.property(fc.stringMatching(/^\d{0,12} ?\(.*\) [A-Z] [\d -]*$/), (text) => {
        const pid = parseStat(text)?.pid ?? 1
        expect(Number.isSafeInteger(pid) && pid > 0).toBe(true)
      }),
    )
  })
})

describe('a tree of processes', () => {
  it('is listed by number, without what is not a process', () => {
    using root = new FakeRoot()
      .put('proc/146/stat', sleep)
      .put('proc/2/stat', kthreadd)
      .put('proc/stat', 'cpu 1 2 3\n')
      .folder('proc/999')
      .folder('proc/self')
    expect(listProcesses(root.files).map(({ pid }) => pid)).toEqual([2, 146])
    expect(readProcess(146, root.files)?.name).toBe('sleep')
    expect(readProcess(999, root.files)).toBeUndefined()
  })

  it('is empty where there is none', () => {
    using root = new FakeRoot()
    expect(listProcesses(root.files)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('knows this very process', () => {
    expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, kernelThread: false })
    expect(listProcesses().some(({ pid }) => pid === process.pid)).toBe(true)
  })
})

describe('processRefusal', () => {
  const refused = (code: string) => {
    const error = processRefusal(7, 'maps', code)
    return `${error.code} ${error.message}`
  }

  it('says why', () => {
    expect(refused('ESRCH')).toBe('ENOPROCESS there is no process 7 (any more)')
    expect(refused('EACCES')).toBe('EPERMISSION /proc/7/maps cannot be read: EACCES')
    expect(refused('EMFILE')).toBe('EOPEN /proc/7/maps cannot be read: EMFILE')
  })
})
