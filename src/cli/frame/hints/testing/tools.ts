import { prefixes } from '../../../../place/schemes/index.ts'
import { noPlace, notCommand, notOption, tooMuch } from './messages.ts'

/** The same of people who come from debuggers, boot loaders and tools with a command for each width. */
export const toolHabits: [line: string, message: string][] = [
  [
    'write 0x8 1 2',
    '"0x8" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1\n  hint: each value has its place: for one after another, physmem write 0x8=1 0x8+0x4=2',
  ],
  [
    'write 0x8 1 2 3',
    '"0x8" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1\n  hint: each value has its place: for one after another, physmem write 0x8=1 0x8+0x4=2 0x8+0x8=3',
  ],
  [
    'write 0x8 1 2 -w 8',
    '"0x8" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1',
  ],
  ['version', notCommand('version', 'physmem --version')],
  [
    'fill 0x4000..+16 1 8',
    tooMuch('fill', 'RANGE VALUE', '8', 'physmem fill 0x4000..+16 1 --width 8'),
  ],
  ['fill 0x4000..+16 1 3', tooMuch('fill', 'RANGE VALUE', '3')],
  [
    'dump boot.bin 0x4 0x8',
    tooMuch('dump', 'RANGE|PLACE', '0x4', 'physmem dump file:boot.bin+0x4..+0x8'),
  ],
  [
    'dump file:boot.bin 4 8',
    tooMuch('dump', 'RANGE|PLACE', '4', 'physmem dump file:boot.bin+4..+8'),
  ],
  ['dump 0x4000 0x10 0x20', tooMuch('dump', 'RANGE|PLACE', '0x10')],
  ['dump 1M 0x40000000', tooMuch('dump', 'RANGE|PLACE', '0x40000000')],
  [
    'read 0x40000000:0x40000010',
    '"0x40000000:0x40000010" is not a place: dots stand between the ends of a range, did you mean 0x40000000..0x40000010?',
  ],
  [
    'read 0x40000000:0x100',
    '"0x40000000:0x100" is not a place: an offset follows a plus sign, did you mean 0x40000000+0x100?',
  ],
  ['read 0x40000000:0x3', '"0x3" is not a bit: expected a decimal number from 0 to 63'],
  [
    'read file:boot.bin:0x4',
    '"file:boot.bin:0x4" is not a place: an offset follows a plus sign, did you mean file:boot.bin+0x4?',
  ],
  [
    'write pci:0000:00:04.0/bar0:0x10=1',
    '"pci:0000:00:04.0/bar0:0x10" is not a place: an offset follows a plus sign, did you mean pci:0000:00:04.0/bar0+0x10?',
  ],
  ['x/4xw 0x40000000', notCommand('x/4xw', 'physmem read 0x40000000 --count 4 --width 32')],
  [
    'x/2dg 0x40000000',
    notCommand('x/2dg', 'physmem read 0x40000000 --count 2 --width 64 --base dec'),
  ],
  ['x /8xb 0x40000000', notCommand('x', 'physmem read 0x40000000 --count 8 --width 8')],
  ['xp 0x40000000', notCommand('xp', 'physmem read 0x40000000')],
  ['x/4i 0x40000000', '"x/4i" is not a command\n  hint: see physmem --help'],
  ['mdw 0x4000 4', notCommand('mdw', 'physmem dump 0x4000..+0x10 --width 32')],
  ['mwb 0x8 1', notCommand('mwb', 'physmem write 0x8=1 --width 8')],
  ['mem32 0x4000 4', notCommand('mem32', 'physmem dump 0x4000..+0x10 --width 32')],
  ['w4 0x8 1', notCommand('w4', 'physmem write 0x8=1 --width 32')],
  ['cp.b 0x4000 0x5000 0x10', notCommand('cp.b', 'physmem copy 0x4000..+0x10 0x5000 --width 8')],
  ['cp 0x4000 0x5000 4', notCommand('cp', 'physmem copy 0x4000..+0x10 0x5000')],
  ['cp 0x4000 0x5000 10', notCommand('cp', 'copy')],
  ['cmp.b 0x4000 0x5000 4', notCommand('cmp.b', 'physmem compare 0x4000..+0x4 0x5000 --width 8')],
  ['cmp.l 0x4000 0x5000 4', notCommand('cmp.l', 'physmem compare 0x4000..+0x10 0x5000 --width 32')],
  ['set 0x8=1', notCommand('set', 'physmem write 0x8=1')],
  ['set 0x8 1', notCommand('set', 'physmem write 0x8=1')],
  ['r 0x8', notCommand('r', 'physmem read 0x8')],
  ['w 0x8 1', notCommand('w', 'physmem write 0x8=1')],
  ['d 0x4000 16', notCommand('d', 'physmem dump 0x4000..+16')],
  ['peek.b 0x8', notCommand('peek.b', 'physmem read 0x8 --width 8')],
  ['peek32 0x8', notCommand('peek32', 'physmem read 0x8 --width 32')],
  ['readl 0x8', notCommand('readl', 'physmem read 0x8 --width 32')],
  ['read16 0x8', notCommand('read16', 'physmem read 0x8 --width 16')],
  ['writel 1 0x8', notCommand('writel', 'write')],
  ['write32 0x8 1', notCommand('write32', 'physmem write 0x8=1 --width 32')],
  ['poke 0x8=1', notCommand('poke', 'physmem write 0x8=1')],
  ['inb 0x80', notCommand('inb', 'physmem read port:0x80 --width 8')],
  ['outb 0x80 1', notCommand('outb', 'physmem write port:0x80=1 --width 8')],
  ['io -4 0x8', notCommand('io', 'physmem read 0x8 --width 32')],
  ['io -2 -w 0x8 1', notCommand('io', 'physmem write 0x8=1 --width 16')],
  ['peekpoke -b 16 r 0x8', notCommand('peekpoke', 'physmem read 0x8 --width 16')],
  ['peekpoke w 0x8 1', notCommand('peekpoke', 'physmem write 0x8=1')],
  ['i2cget -y 1 0x50 0', notCommand('i2cget', 'physmem read i2c:1:0x50+0 --width 8')],
  ['i2cset -y 1 0x50 0 1', notCommand('i2cset', 'physmem write i2c:1:0x50+0=1 --width 8')],
  [
    'hexdump -C -s 0x4000 -n 16 /dev/mem',
    notCommand('hexdump', 'physmem dump 0x4000..+16 --width 8'),
  ],
  ['cat /proc/iomem', notCommand('cat', 'physmem map')],
  ['lsuio', notCommand('lsuio', 'physmem list uio')],
  ['sim: read 0x10000000', notCommand('sim:', 'physmem --target sim: read 0x10000000')],
  ['alloc 1M', notCommand('alloc', 'physmem buffer alloc 1M')],
  ['flush 0x40000000..+16', notCommand('flush', 'physmem cache flush 0x40000000..+16')],
  ['v2p 1 0x1000', notCommand('v2p', 'physmem translate 1 0x1000')],
  ['mm 0x8', notCommand('mm', 'write')],
  // U-Boot and J-Link read every number as hexadecimal.
  ['mw.l 0x10000008 41', notCommand('mw.l', 'physmem write 0x10000008=0x41 --width 32')],
  ['mw.b 40000000 10', notCommand('mw.b', 'physmem write 0x40000000=0x10 --width 8')],
  ['mw.l 40000000 10 4', notCommand('mw.l', 'physmem fill 0x40000000..+0x10 0x10 --width 32')],
  ['md.l 40000000 4', notCommand('md.l', 'physmem dump 0x40000000..+0x10 --width 32')],
  ['md.l 0x40000000 10', notCommand('md.l', 'physmem dump 0x40000000..+0x40 --width 32')],
  ['md.w 40000000', notCommand('md.w', 'physmem dump 0x40000000 --width 16')],
  [
    'cp.l 40000000 4000f000 4',
    notCommand('cp.l', 'physmem copy 0x40000000..+0x10 0x4000f000 --width 32'),
  ],
  [
    'cmp.l 40000000 4000f000 4',
    notCommand('cmp.l', 'physmem compare 0x40000000..+0x10 0x4000f000 --width 32'),
  ],
  ['w4 10000008 41', notCommand('w4', 'physmem write 0x10000008=0x41 --width 32')],
  ['w4 0x10000008, 0x41', notCommand('w4', 'physmem write 0x10000008=0x41 --width 32')],
  ['mem32 10000000 4', notCommand('mem32', 'physmem dump 0x10000000..+0x10 --width 32')],
  ['mem8 10000000, 10', notCommand('mem8', 'physmem dump 0x10000000..+0x10 --width 8')],
  // Without the width both U-Boot and barebox have these, which reads numbers as C does.
  ['mw 10000008 1', notCommand('mw', 'write')],
  ['mw 0x8 41', notCommand('mw', 'write')],
  ['md 40000000', notCommand('md', 'dump')],
  ['r 40000000', '"r" is not a command\n  hint: see physmem --help'],
  ['mw -b 0x8 16', notCommand('mw', 'physmem write 0x8=16 --width 8')],
  ['memtool mw 0x8 16', notCommand('memtool', 'physmem write 0x8=16')],
  // OpenOCD and gdb do, too.
  ['mww 0x8 16', notCommand('mww', 'physmem write 0x8=0x10 --width 32')],
  ['mww 0x8 16 16', notCommand('mww', 'physmem fill 0x8..+0x40 0x10 --width 32')],
  ['mdw 0x4000 16', notCommand('mdw', 'physmem dump 0x4000..+0x40 --width 32')],
  ['x/16xw 0x4000', notCommand('x/16xw', 'physmem read 0x4000 --count 16 --width 32')],
  // To these it is a width.
  ['mw -q 0x8 1', notCommand('mw', 'physmem write 0x8=1 --width 64')],
  ['md -q 0x8', notCommand('md', 'physmem dump 0x8 --width 64')],
  ['memtool mw -q 0x8 1', notCommand('memtool', 'physmem write 0x8=1 --width 64')],
  ['memtool md -q 0x8', notCommand('memtool', 'physmem dump 0x8 --width 64')],
  ['poke 0x8 1 -q', notCommand('poke', 'physmem write 0x8=1 -q')],
  ['io 0x8', notCommand('io', 'physmem read 0x8 --width 8')],
  [
    'pcimem boot.bin 0x4 w*2',
    notCommand('pcimem', 'physmem read file:boot.bin+0x4 --count 2 --width 32'),
  ],
  ['dump 0x8 -l 16', notOption('dump', '-l', 'physmem dump 0x8..+16')],
  ['dump 0x8 --size 16', notOption('dump', '--size', 'physmem dump 0x8..+16')],
  [
    'read port 0x80',
    '"0x80" is not a place after another: it may be a count, a length, a width or an address (0x80+0), did you mean physmem read port:0x80?',
  ],
  [
    'read msr 0x10',
    '"0x10" is not a place after another: it may be a count, a length, a width or an address (0x10+0), did you mean physmem read msr:0x10?',
  ],
  [
    'read pid 1 0x1000',
    '"1" is not a place after another: it may be a count, a length, a width or an address (0x1+0), did you mean physmem read pid:1:0x1000?',
  ],
  // The width first: an access at it is nothing that was asked for.
  [
    'read 8 0x40',
    '"8" is not a place before another: it may be a width (--width 8), a count (--count 8) or an address (0x8), did you mean physmem read 0x40 --width 8?',
  ],
  [
    'watch 64 0x40 0x48',
    '"64" is not a place before another: it may be a width (--width 64), a number of looks (--count 64) or an address (0x40), did you mean physmem watch 0x40 0x48 --width 64?',
  ],
  [
    'read 16 0x40 -w 8',
    '"16" is not a place before another: it may be a width (--width 16), a count (--count 16) or an address (0x10)',
  ],
  ['read 0x8 w', `"w" ${noPlace}, did you mean physmem read 0x8 --width 32?`],
  ['read 0x8 b', `"b" ${noPlace}, did you mean physmem read 0x8 --width 8?`],
  [
    'watch 0x8 1s',
    '"1s" is not an address: unexpected "s" after 1, did you mean physmem watch 0x8 --interval 1s?',
  ],
  ['read 0x8 -w 4', '"4" is not a width: expected 8, 16, 32 or 64, did you mean 32?'],
  ['read 0x8 -w b', '"b" is not a width: expected 8, 16, 32 or 64, did you mean 8?'],
  ['read 0x8 -w 24', '"24" is not a width: expected 8, 16, 32 or 64'],
  ['setmem 0x8', '"setmem" is not a command\n  hint: see physmem --help'],
  ['nix:1', '"nix:1" is not a command\n  hint: see physmem --help'],
  [
    'read nix:1',
    `"nix" is not a place, nor a kind of place: expected an address such as 0xfed00000, or ${prefixes}`,
  ],
  [
    'read 0x8=1',
    '"0x8=1" is not an address: unexpected "=1" after 0x8\n  hint: read stores nothing; what does is physmem write 0x8=1',
  ],
  [
    'devmem 0x8=1',
    '"0x8=1" is not an address: unexpected "=1" after 0x8, did you mean physmem devmem 0x8 32 1?',
  ],
  [
    'read 0x8, 0x10',
    '"0x8," is not an address: unexpected "," after 0x8, did you mean physmem read 0x8 0x10?',
  ],
  [
    'read 0x8,0x10',
    '"0x8,0x10" is not an address: unexpected ",0x10" after 0x8, did you mean physmem read 0x8 0x10?',
  ],
  ['read 0x8 + 4', `"+" ${noPlace}, did you mean physmem read 0x8+4?`],
  ['read 0x8 -c 4', notOption('read', '-c', 'physmem read 0x8 --count 4')],
  ['dump 0x8 -c 4', notOption('dump', '-c')],
  [
    'watch 0x4000 1',
    '"1" is not a place after another: it may be a number of looks (--count 1) or an address (0x1+0), did you mean physmem watch 0x4000 --count 1?',
  ],
  [
    'watch 0x4000 4k',
    '"4k" is not a place after another: it may be a length (A..+LENGTH) or an address (0x1000+0), did you mean physmem watch 0x4000..+4k?',
  ],
  [
    'fill 0x40000000 0x40000010 1',
    tooMuch('fill', 'RANGE VALUE', '1', 'physmem fill 0x40000000..0x40000010 1'),
  ],
  ['fill 0x40000000 0xdeadbeef 1', tooMuch('fill', 'RANGE VALUE', '1')],
  [
    'search 0 text:a 1k',
    tooMuch('search', 'RANGE|PLACE PATTERN', '1k', 'physmem search 0..+1k text:a'),
  ],
  [
    'copy 0x4000 0x5000..+16',
    '"0x5000..+16" is not a place: no range is taken here, leave out "..+16", did you mean physmem copy 0x4000..+16 0x5000?',
  ],
  [
    'copy 0x4000..+16 0x5000..+16',
    '"0x5000..+16" is not a place: no range is taken here, leave out "..+16", did you mean physmem copy 0x4000..+16 0x5000?',
  ],
  // Two lengths.
  [
    'copy 0x4000..+16 0x5000..+32',
    '"0x5000..+32" is not a place: no range is taken here, leave out "..+32"',
  ],
  ['buffer 4k', '"4k" is not an action: expected alloc, did you mean physmem buffer alloc 4k?'],
  [
    'read pci:00:04/bar0',
    '"00:04" is not the address of a PCI function: its function is missing, did you mean 00:04.0?',
  ],
  [
    'translate pid:bash: 0x1000',
    '"bash" is not the number of a process: a number is needed, such as $(pidof -s bash)',
  ],
  [
    'translate bash 0x1000',
    '"bash" is not the number of a process: a number is needed, such as $(pidof -s bash)',
  ],
]
