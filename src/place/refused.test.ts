import { describe, expect, test } from 'vitest'
import { refused } from '../text/testing/refused.ts'
import { parsePlace } from './place.ts'
import { parseOperandOrRange } from './range.ts'

const kinds = 'pci:, uio:, iomem:, dt:, dtb:, pid:, kernel:, port:, msr:, regmap:, i2c:, file:'
const expected = `expected an address such as 0xfed00000, or ${kinds}`

describe('refuses as a place', () => {
  test.each([
    ['', `it is empty, ${expected}`],
    [' 0x10', 'it has blanks around it'],
    ['zzz', expected],
    ['-5', expected],
    ['fed00000', 'did you mean 0xfed00000?'],
    // Pointers of the kernel, as its log and debuggers print them.
    ['ffffffff81000000', 'did you mean kernel:0xffffffff81000000?'],
    ['0xffffffff81000000', 'did you mean kernel:0xffffffff81000000?'],
    ['0xFFFF888001000000', 'did you mean kernel:0xFFFF888001000000?'],
    ['ffff888001000000+0x10', 'did you mean kernel:0xffff888001000000+0x10?'],
    // Of no more digits than a physical address has.
    ['fffffffffffff', 'did you mean 0xfffffffffffff?'],
    ['ffffffffffffff', expected],
    ['00:04.0/bar0+4', 'did you mean pci:00:04.0/bar0+4?'],
    ['8086:100e#1/bar2', 'did you mean pci:8086:100e#1/bar2?'],
    ['0000:00:04.0', 'did you mean pci:0000:00:04.0/bar0?'],
    ['uio0/map0', 'did you mean uio:uio0/map0?'],
    ['./dump.bin+0x10', 'did you mean file:./dump.bin+0x10?'],
    ['/dev/mem', 'did you mean file:/dev/mem?'],
    ['/proc/vmcore', 'did you mean file:/proc/vmcore?'],
    ['/dev/uio3', 'did you mean uio:uio3/map0?'],
    ['/dev/vfio/vfio', expected],
    ['8086:100e', 'did you mean pci:8086:100e/bar0?'],
    ['/sys/bus/pci/devices/0000:00:04.0/resource2_wc', 'did you mean pci:0000:00:04.0/bar2_wc?'],
    ['/sys/bus/pci/devices/0000:00:04.0/config', 'did you mean pci:0000:00:04.0/config?'],
    ['/sys/bus/pci/devices/0000:00:04.0/config+4', 'did you mean pci:0000:00:04.0/config+4?'],
    ['8086:100e/config', 'did you mean pci:8086:100e/config?'],
    ['/sys/bus/pci/devices/0000:00:04.0/rom', expected],
    ['/sys/bus/i2c/devices/1-0048', 'did you mean i2c:1:0x48?'],
    ['/sys/bus/i2c/devices/1-0048+2', 'did you mean i2c:1:0x48+2?'],
    ['/sys/bus/i2c/devices/1-0048/name', expected],
    ['0x10:5', 'no bits are taken here, leave out ":5"'],
    ['file:a:7:4', 'no bits are taken here, leave out ":7:4"'],
    ['0x10..+5', 'no range is taken here, leave out "..+5"'],
  ])('%j', (text, why) => {
    expect(refused(() => parsePlace(text))).toBe(`ESYNTAX "${text}" is not a place: ${why}`)
  })

  test.each([
    ['0xffffffff81000000..+4k', 'did you mean kernel:0xffffffff81000000..+4k?'],
    ['ffffffff81000000:5', 'did you mean kernel:0xffffffff81000000:5?'],
    ['fed00000-fed003ff', 'did you mean 0xfed00000..0xfed00400?'],
    ['0x10-0x1f', 'did you mean 0x10..0x20?'],
    ['0x0-0x64', 'did you mean 0x0..0x64?'],
    ['a0000-bffff', 'did you mean 0xa0000..0xc0000?'],
  ])('%j, with what is suggested only where a range is taken', (text, why) => {
    const message = `ESYNTAX "${text}" is not a place: ${why}`
    expect(refused(() => parseOperandOrRange(text))).toBe(message)
    expect(refused(() => parsePlace(text))).not.toContain('did you mean')
  })

  test.each(['0-64', '16-31', '0x0-0x65'])('%j, without a guess at what it means', (text) => {
    expect(refused(() => parseOperandOrRange(text))).not.toContain('did you mean')
  })
})

describe('refuses', () => {
  test.each([
    ['0x5oops', 'ESYNTAX "0x5oops" is not an address: unexpected "oops" after 0x5'],
    ['0x10+', 'ESYNTAX in "0x10+", "" is not an offset: it is empty'],
    [
      '0x10+zzz',
      'ESYNTAX "zzz" is not an offset: expected a number such as 0x1f, 0b101, 0o17 or 4k',
    ],
    ['0x10:7-4', 'ESYNTAX "7-4" is not a bit or bits: expected high:low such as 7:4'],
    [
      '0x10000000000000',
      'ERANGE 0x10000000000000 is too large for an address: the largest is 0xfffffffffffff',
    ],
    [
      '0xfffffffffffff+1',
      'ERANGE 0xfffffffffffff+1 is too large for an address: the largest is 0xfffffffffffff',
    ],
    ['pic:00:04.0/bar0', 'ESCHEME "pic:" is not a kind of place: did you mean pci:00:04.0/bar0?'],
    ['PCI:00:04.0/bar0', 'ESCHEME "PCI:" is not a kind of place: did you mean pci:00:04.0/bar0?'],
    ['foo:bar', `ESCHEME "foo:" is not a kind of place: expected an address, or ${kinds}`],
    [
      'pid:1234',
      'ESYNTAX "pid:1234" is not a place in a process: it names no address, expected PID:ADDRESS, such as pid:1234:0x7ffc12345678',
    ],
    ['pid:1:', 'ESYNTAX in "pid:1:", "" is not a virtual address: it is empty'],
    ['pid::0x10', 'ESYNTAX in "pid::0x10", "" is not the number of a process: it is empty'],
    [
      'pci:0000:00:04.0/+4',
      'ESYNTAX in "pci:0000:00:04.0/+4", "" is not a BAR: expected bar0 to bar5, bar0_wc to bar5_wc, or config',
    ],
    ['pid:0:0x10', 'ESYNTAX "0" is not the number of a process: they start at 1'],
    [
      'pid:9999999:0x10',
      'ERANGE 9999999 is too large for the number of a process: the largest is 0x400000',
    ],
    [
      'pid:1:0x10000000000000000',
      'ERANGE 0x10000000000000000 is too large for a virtual address: the largest is 0xffffffffffffffff',
    ],
    [
      'kernel:a b',
      'ESYNTAX "kernel:a b" is not a place in the kernel: expected a symbol or a virtual address, such as kernel:jiffies or kernel:0xffff888001000000',
    ],
    [
      'pid:12:ffffffff81000000+4',
      'ESYNTAX "pid:12:ffffffff81000000" is not a place in a process: did you mean kernel:0xffffffff81000000?',
    ],
    [
      'kernel:ffffffff81000000',
      'ESYNTAX "kernel:ffffffff81000000" is not a place in the kernel: did you mean kernel:0xffffffff81000000?',
    ],
    ['port:', 'ESYNTAX "port:" is not an I/O port: it names no port, such as port:0x71'],
    ['port:0x10000', 'ERANGE 0x10000 is too large for an I/O port: the largest is 0xffff'],
    [
      'msr:',
      'ESYNTAX "msr:" is not a model-specific register: it names no register, such as msr:0x1b or msr:cpu1:0x1b',
    ],
    [
      'msr:cpu1',
      'ESYNTAX "msr:cpu1" is not a model-specific register: it names no register, such as msr:0x1b or msr:cpu1:0x1b',
    ],
    [
      'msr:cpu01:0x1b',
      'ESYNTAX "msr:cpu01:0x1b" is not a model-specific register: expected cpu and a decimal number, such as msr:cpu1:0x1b',
    ],
    ['msr:cpu8192:0x1b', 'ERANGE CPU 8192 does not exist: no kernel counts more than 8192 CPUs'],
    [
      'msr:0x100000000',
      'ERANGE 0x100000000 is too large for a model-specific register: the largest is 0xffffffff',
    ],
    [
      '/dev/cpu/1/msr+0x1b',
      'ESYNTAX "/dev/cpu/1/msr+0x1b" is not a place: did you mean msr:cpu1:0x1b?',
    ],
    [
      'regmap:/1',
      'ESYNTAX "regmap:/1" is not a register of a regmap: it names no regmap, such as regmap:1-0048/0x1',
    ],
    [
      'regmap:1-0048',
      'ESYNTAX "regmap:1-0048" is not a register of a regmap: it names no register, such as regmap:1-0048/0x1',
    ],
    [
      'regmap:../0',
      'ESYNTAX "regmap:../0" is not a register of a regmap: it names no regmap, such as regmap:1-0048/0x1',
    ],
    [
      '/sys/kernel/debug/regmap/1-0048/registers',
      'ESYNTAX "/sys/kernel/debug/regmap/1-0048/registers" is not a place: did you mean regmap:1-0048/0?',
    ],
    ['port:0xffff+1', 'ERANGE 0xffff+1 is too large for an I/O port: the largest is 0xffff'],
    [
      'iomem:',
      'ESYNTAX "iomem:" is not a resource of /proc/iomem: it names none, such as iomem:"HPET 0"',
    ],
    [
      'iomem:"HPET 0',
      'ESYNTAX "iomem:\\"HPET 0" is not a resource of /proc/iomem: its quote is not closed',
    ],
    [
      'iomem:"HPET 0"x',
      'ESYNTAX "iomem:\\"HPET 0\\"x" is not a resource of /proc/iomem: there is something after the closing quote',
    ],
    ['dt:', 'ESYNTAX "dt:" is not a device tree node: it names none, such as dt:serial0'],
    [
      'dt:a b',
      'ESYNTAX "dt:a b" is not a device tree node: expected a path or an alias, such as /soc/serial@7e201000 or serial0',
    ],
    [
      'dt:serial0#',
      'ESYNTAX "dt:serial0#" is not a device tree node: # is followed by the number or the name of a region, such as #1 or #config',
    ],
    [
      'dtb:board.dtb',
      'ESYNTAX "dtb:board.dtb" is not a device in a device tree file: expected dtb:FILE:NODE, such as dtb:board.dtb:serial0',
    ],
    ['zzz:5', `ESYNTAX "zzz" is not a place, nor a kind of place: ${expected}`],

    [
      'pci:00:04',
      'ESYNTAX "00:04" is not the address of a PCI function: ' +
        'expected [DOMAIN:]BUS:DEVICE.FUNCTION in hexadecimal, such as 0000:00:04.0, ' +
        'or VENDOR:DEVICE as lspci -n prints it, such as 8086:100e',
    ],
    [
      'pci:00:04.0',
      'ESYNTAX "pci:00:04.0" is not a PCI place: ' +
        'it names no BAR, did you mean pci:0000:00:04.0/bar0?',
    ],
    [
      'pci:0x8086:0x100e/bar0',
      'ESYNTAX "0x8086:0x100e" is not the ids of a PCI function: did you mean 8086:100e?',
    ],
    [
      'pci:1af4:5/bar0',
      'ESYNTAX "1af4:5" is not the ids of a PCI function: did you mean 1af4:0005?',
    ],
    [
      'pci:8086:100e#01/bar0',
      'ESYNTAX "8086:100e#01" is not the ids of a PCI function: did you mean 8086:100e#1?',
    ],
    ['pci:8086:100e#70000/bar0', 'ERANGE #70000 of a PCI function: the largest is #65535'],
    [
      'pci:8086:100e',
      'ESYNTAX "pci:8086:100e" is not a PCI place: it names no BAR, did you mean pci:8086:100e/bar0?',
    ],
    ['pci:00:20.0/bar0', 'ERANGE PCI device 0x20 does not exist: the largest is 0x1f'],
    ['pci:00:04.8/bar0', 'ERANGE PCI function 8 does not exist: the largest is 7'],
    ['pci:00:04.0/bar6', 'ERANGE BAR 6 does not exist: the largest is 5'],
    ['pci:00:04.0/bar00', 'ESYNTAX "bar00" is not a BAR: did you mean bar0?'],
    [
      'pci:00:04.0/resource0_wc',
      'ESYNTAX "resource0_wc" is not a BAR: ' +
        'expected bar0 to bar5, bar0_wc to bar5_wc, or config, did you mean bar0_wc?',
    ],
    [
      'pci:00:04.0/rom',
      'ESYNTAX "rom" is not a BAR: expected bar0 to bar5, bar0_wc to bar5_wc, or config',
    ],
    [
      'pci:00:04.0/Config',
      'ESYNTAX "Config" is not a BAR: ' +
        'expected bar0 to bar5, bar0_wc to bar5_wc, or config, did you mean config?',
    ],
    ['pci:00:04.0/bar0_wx', 'ESYNTAX "bar0_wx" is not a BAR: unexpected "_wx" after bar0'],
    ['pci:00:04.0/bar0+zzz', 'ESYNTAX "bar0+zzz" is not a BAR: unexpected "+zzz" after bar0'],
    ['pci:00:04.0/bar0+0x5oops', 'ESYNTAX "0x5oops" is not an offset: unexpected "oops" after 0x5'],

    [
      'uio:',
      'ESYNTAX "uio:" is not a UIO place: ' +
        'expected DEVICE/MAP, such as uio:uio0/map0 or uio:edu/regs',
    ],
    [
      'uio:uio0',
      'ESYNTAX "uio:uio0" is not a UIO place: it names no map, did you mean uio:uio0/map0?',
    ],
    ['uio:uio0/0', 'ESYNTAX "uio:uio0/0" is not a UIO place: did you mean uio:uio0/map0?'],
    ['uio:uio00/map0', 'ESYNTAX "uio00" is not a UIO device or map: did you mean uio0?'],
    ['uio:uio9999999/map0', 'ERANGE "uio9999999" does not exist: the largest number is 1048575'],
    ['uio:a\n/map0', 'ESYNTAX "a\\u{a}" is not a UIO name: it holds a control character'],

    ...['i2c:', 'i2c:1', 'i2c:1:', 'i2c::0x48'].map((text) => [
      text,
      `ESYNTAX "${text}" is not an I2C place: expected i2c:BUS:ADDRESS, such as i2c:1:0x48`,
    ]),
    ...['i2c:1-0048', 'i2c:1/0x48'].map((text) => [
      text,
      `ESYNTAX "${text}" is not an I2C place: did you mean i2c:1:0x48?`,
    ]),
    ['i2c:01:0x48', 'ESYNTAX "01" is not the number of an I2C bus: did you mean 1?'],
    ['i2c:i2c-1:0x48', 'ESYNTAX "i2c-1" is not the number of an I2C bus: did you mean 1?'],
    ...['one', 'NaN', '-1', '0x1', '1e3'].map((bus) => [
      `i2c:${bus}:0x48`,
      `ESYNTAX "${bus}" is not the number of an I2C bus: expected i2c:BUS:ADDRESS, such as i2c:1:0x48`,
    ]),
    ['i2c:9999999:0x48', 'ERANGE I2C bus 9999999 does not exist: the largest is 1048575'],
    [
      'i2c:1:48',
      'ESYNTAX "48" is not the address of an I2C device: it is written in hexadecimal, with 0x, did you mean 0x48?',
    ],
    [
      'i2c:1:4ah',
      'ESYNTAX "4ah" is not the address of an I2C device: it is written in hexadecimal, with 0x, did you mean 0x4a?',
    ],
    [
      'i2c:1:lm75',
      'ESYNTAX "lm75" is not the address of an I2C device: it is written in hexadecimal, with 0x',
    ],
    ['i2c:1:0x4z', 'ESYNTAX "0x4z" is not the address of an I2C device: unexpected "z" after 0x4'],
    [
      'i2c:1:0x90',
      'ERANGE 0x90 is not a 7-bit I2C address: it may include the read/write bit, did you mean 0x48?',
    ],
    ['i2c:1:0x3ff', 'ERANGE 0x3ff is not a 7-bit I2C address: devices have 0x08 to 0x77'],
    [
      'i2c:1:0x00',
      'ERANGE the I2C address 0x00 is reserved for calls to all devices: devices have 0x08 to 0x77',
    ],
    [
      'i2c:1:0x7',
      'ERANGE the I2C address 0x07 is reserved for other uses of the bus: devices have 0x08 to 0x77',
    ],
    [
      'i2c:1:0x78',
      'ERANGE the I2C address 0x78 is reserved for addresses of 10 bits: devices have 0x08 to 0x77',
    ],
    [
      'i2c:1:0x7f',
      'ERANGE the I2C address 0x7f is reserved for other uses of the bus: devices have 0x08 to 0x77',
    ],
    [
      'i2c:1:0x48+0x100',
      'ERANGE 0x100 does not fit the 8-bit register addresses of i2c:1:0x48, did you mean i2c:1:0x48/reg16?',
    ],
    [
      'i2c:1:0x50/reg16+0x10000',
      'ERANGE 0x10000 does not fit the 16-bit register addresses of i2c:1:0x50/reg16',
    ],
    [
      'i2c:1:0x50/16+2',
      'ESYNTAX "i2c:1:0x50/16" is not an I2C place: expected /reg16 for register addresses of 16 bits, or nothing for those of 8, did you mean i2c:1:0x50/reg16?',
    ],
    [
      'i2c:1:0x50/reg8',
      'ESYNTAX "i2c:1:0x50/reg8" is not an I2C place: expected /reg16 for register addresses of 16 bits, or nothing for those of 8, did you mean i2c:1:0x50?',
    ],
    [
      'i2c:1:0x50/reg32',
      'ESYNTAX "i2c:1:0x50/reg32" is not an I2C place: expected /reg16 for register addresses of 16 bits, or nothing for those of 8',
    ],

    ['file:', 'ESYNTAX "file:" is not a file place: it names no path, such as file:./dump.bin'],
    ['file:+5', 'ESYNTAX "file:" is not a file place: it names no path, such as file:./dump.bin'],
    [
      'file:a\0b',
      'ESYNTAX "file:a\\u{0}b" is not a file place: a path cannot hold a NUL character',
    ],
    [
      'file:a+0x5oops',
      'ESYNTAX "0x5oops" is not an offset: unexpected "oops" after 0x5 ' +
        '(a path that ends in "+0x5oops" is written file:a+0x5oops+0)',
    ],
    [
      'file:a:64',
      'ERANGE bit 64 does not exist: bits are numbered from 0 to 63 ' +
        '(a path that ends in ":64" is written file:a:64+0)',
    ],
    [
      'file:a..5x',
      'ESYNTAX "5x" is not the end of a range: unexpected "x" after 5 ' +
        '(a path that ends in "..5x" is written file:a..5x+0)',
    ],
  ])('%j', (text, message) => {
    const known = message.startsWith('ESCHEME') && message.endsWith('?')
    expect(refused(() => parsePlace(text))).toBe(known ? `${message} (known: ${kinds})` : message)
  })
})
