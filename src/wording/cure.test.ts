import { describe, expect, it } from 'vitest'
import { type Act, type Line, sentence, shell } from '../base/cure.ts'
import { actLine } from './command-line.ts'
import { remedied, wordCure, wordRemedy } from './cure.ts'

const build: Act = { act: 'build the module' }
const load: Act = { act: 'load the module' }
const install = shell('apt install linux-headers-6.1')

describe('a cure in words', () => {
  it('has the command lines of this machine', () => {
    expect(wordCure('run it as root')).toBe('run it as root')
    expect(wordCure(sentence`load it: ${shell('modprobe msr')}`)).toBe('load it: modprobe msr')
    expect(wordCure(sentence`build it: ${{ inOrder: [install, build, load] }}; or boot`)).toBe(
      'build it: apt install linux-headers-6.1 && physmem kmod build && physmem kmod load; or boot',
    )
    expect(wordCure(sentence`below that: ${{ option: 'below' }}`)).toBe('below that: --below')
    expect(wordCure(sentence`use ${{ option: 'width', value: 8 }}`)).toBe('use --width 8')
  })

  it('can have those of another, which its lines are told apart for', () => {
    const onBoard = (line: Line) =>
      'shell' in line
        ? `ssh board ${line.shell}`
        : actLine(line).replace('physmem', 'physmem --target ssh://board')
    expect(wordCure(sentence`${{ inOrder: [install, load] }}`, onBoard)).toBe(
      'ssh board apt install linux-headers-6.1 && physmem --target ssh://board kmod load',
    )
  })
})

describe('a remedy in words', () => {
  it('has what is there', () => {
    expect(wordRemedy({})).toEqual({})
    const cure = sentence`unbind it (${shell('echo a > unbind')}), or boot`
    expect(wordRemedy({ cure, cures: [cure, 'boot'], steps: [[load]] })).toEqual({
      cure: 'unbind it (echo a > unbind), or boot',
      cures: ['unbind it (echo a > unbind), or boot', 'boot'],
      steps: ['physmem kmod load'],
    })
  })
})

describe('the command line of an act', () => {
  it.each<[Act, string]>([
    [build, 'physmem kmod build'],
    [
      { act: 'build the module', kernel: '6.1', headers: '/h', output: 'FOLDER', verbose: true },
      'physmem kmod build --kernel 6.1 --headers /h --output FOLDER --verbose',
    ],
    [load, 'physmem kmod load'],
    [{ act: 'load the module', file: 'FILE' }, 'physmem kmod load FILE'],
    [{ act: 'unload the module' }, 'physmem kmod unload'],
    [{ act: 'manage the module' }, 'physmem kmod'],
    [{ act: 'bind a driver', driver: 'uio_pci_generic' }, 'physmem bind … uio_pci_generic'],
    [{ act: 'allocate a buffer' }, 'physmem buffer alloc'],
    [{ act: 'show the map' }, 'physmem map'],
    [{ act: 'list' }, 'physmem list'],
    [{ act: 'list', what: '0000:00:04.0' }, 'physmem list 0000:00:04.0'],
    [{ act: 'list known chips' }, 'physmem chips'],
    [{ act: 'translate' }, 'physmem translate'],
    [{ act: 'read' }, 'physmem read'],
    [{ act: 'read', place: 'pci:…' }, 'physmem read pci:…'],
  ])('is one of physmem: %o', (act, line) => {
    expect(actLine(act)).toBe(line)
  })
})

describe('an error against which something helps', () => {
  it('has it in words, and as it is', () => {
    const remedy = { cure: sentence`load it: ${shell('modprobe msr')}` }
    const cause = new Error('before')
    expect(remedied(remedy, { errno: 'ENOENT' }, { cause })).toEqual([
      { errno: 'ENOENT', cure: 'load it: modprobe msr' },
      { cause, remedy },
    ])
    expect(remedied({}, { errno: 'ENOENT' })).toEqual([{ errno: 'ENOENT' }, {}])
  })
})
