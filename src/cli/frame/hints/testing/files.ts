import { prefixes } from '../../../../place/schemes/index.ts'
import {
  isFile,
  misaligned,
  noAddress,
  noEnd,
  noPlace,
  notCommand,
  notOption,
  tooMuch,
} from './messages.ts'

/** The same with files: those of the test that types the lines are there. */
export const fileHabits: [line: string, message: string][] = [
  ['dump 0x4000 16 f.bin', tooMuch('dump', 'RANGE|PLACE', '16')],
  ['dump 0x4000..+16 file:f.bin', tooMuch('dump', 'RANGE|PLACE', 'file:f.bin')],
  ['dump 0x4000..+16 -o file:f.bin', '"file:f.bin" is a place, not a path, did you mean f.bin?'],
  ['load 0x4000 file:boot.bin', '"file:boot.bin" is a place, not a path, did you mean boot.bin?'],
  ['load 0x4000 file:boot.bin+0x4', '"file:boot.bin+0x4" is a place, not a path'],
  [
    'dump 0x4000..+16 f.bin',
    tooMuch('dump', 'RANGE|PLACE', 'f.bin', 'physmem dump 0x4000..+16 --output f.bin'),
  ],
  ['memtool md -s boot.bin 0x4+8', notCommand('memtool', 'physmem dump file:boot.bin+0x4..+8')],
  ['memtool mw -d boot.bin 0x4 1', notCommand('memtool', 'physmem write file:boot.bin+0x4=1')],
  [
    'batch',
    'batch needs a FILE, or - for standard input, such as physmem batch setup.txt\n  hint: see physmem batch --help',
  ],
  [
    'restore',
    'restore needs a FILE, or - for standard input, such as physmem restore before.json --dry-run --target sim:\n  hint: see physmem restore --help',
  ],
  ['hexdump boot.bin', notCommand('hexdump', 'physmem dump file:boot.bin')],
  ['hexdump -C boot.bin', notCommand('hexdump', 'physmem dump file:boot.bin --width 8')],
  [
    'hexdump -C -s 4 -n 8 boot.bin',
    notCommand('hexdump', 'physmem dump file:boot.bin+4..+8 --width 8'),
  ],
  ['hd boot.bin', notCommand('hd', 'physmem dump file:boot.bin --width 8')],
  ['xxd -l 8 boot.bin', notCommand('xxd', 'physmem dump file:boot.bin..+8')],
  ['od -A x -t x1 -j 4 boot.bin', notCommand('od', 'physmem dump file:boot.bin+4')],
  ['cat boot.bin', notCommand('cat', 'physmem dump file:boot.bin')],
  ['cmp boot.bin 0x10.bin', notCommand('cmp', 'physmem compare file:boot.bin file:0x10.bin')],
  ['busybox hexdump -C boot.bin', notCommand('busybox', 'physmem dump file:boot.bin --width 8')],
  ['pcimem boot.bin 0x4 w', notCommand('pcimem', 'physmem read file:boot.bin+0x4 --width 32')],
  ['pcimem boot.bin 0x4 h 1', notCommand('pcimem', 'physmem write file:boot.bin+0x4=1 --width 16')],
  ['dump boot.bin', '"boot.bin" is a file, not a place, did you mean physmem dump file:boot.bin?'],
  [
    'dump boot.bin..+4',
    '"boot.bin" is a file, not a place, did you mean physmem dump file:boot.bin..+4?',
  ],
  ['read 0x10.bin', '"0x10.bin" is a file, not a place, did you mean physmem read file:0x10.bin?'],
  [
    'write boot.bin=1',
    '"boot.bin" is a file, not a place, did you mean physmem write file:boot.bin=1?',
  ],
  [
    'search boot.bin text:boot',
    '"boot.bin" is a file, not a place, did you mean physmem search file:boot.bin text:boot?',
  ],
  ['dump boot.bin 16', tooMuch('dump', 'RANGE|PLACE', '16', 'physmem dump file:boot.bin..+16')],
  [
    'read boot.bin 4',
    '"4" is not a place after another: it may be a count, a length, a width or an address (0x4+0), did you mean physmem read file:boot.bin --count 4?',
  ],
  [
    'write boot.bin 1',
    '"boot.bin" is not an assignment: expected NAME=VALUE, such as UART0.CR=0x301 or UART0.CR:TXE=1, did you mean physmem write file:boot.bin=1?',
  ],
  ['fill boot.bin 0', isFile('boot.bin', 'physmem fill file:boot.bin.. 0')],
  ['fill boot.bin..+4 0', isFile('boot.bin', 'physmem fill file:boot.bin..+4 0')],
  ['copy boot.bin 0x10', isFile('boot.bin', 'physmem copy file:boot.bin 0x10')],
  ['copy boot.bin 0x10.bin', isFile('boot.bin', 'physmem copy file:boot.bin file:0x10.bin')],
  ['copy 0x10..+4 new.bin', `"new.bin" ${noPlace}, did you mean physmem dump 0x10..+4 -o new.bin?`],
  ['copy 0x10..+4 new.bin --dry-run', `"new.bin" ${noPlace}`],
  ['dump 0x10 -o new.bin', noEnd('0x10', 'physmem dump 0x10..+0x100 -o new.bin')],
  ['search 0x10 text:x', noEnd('0x10', 'physmem search 0x10..+0x100 text:x')],
  ['fill 0x10 0', noEnd('0x10')],
  ['copy 0x10..+4 boot.bin', isFile('boot.bin', 'physmem copy 0x10..+4 file:boot.bin')],
  [
    'dump none.bin',
    `"none.bin" is not a place: expected an address such as 0xfed00000, or ${prefixes}`,
  ],
  [
    'dump sim:board.yaml:0x10..+16',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem --target sim:board.yaml dump 0x10..+16?',
  ],
  [
    'load boot.bin 0x40000000',
    `"boot.bin" is not a place: expected an address such as 0xfed00000, or ${prefixes}, did you mean physmem load 0x40000000 boot.bin?`,
  ],
  [
    'load 0x40 boot.bin 8',
    tooMuch('load', 'PLACE FILE', '8', 'physmem load 0x40 boot.bin --width 8'),
  ],
  ['load 0x44 boot.bin 64', tooMuch('load', 'PLACE FILE', '64')],
  [
    'load file:f8 0x40000000',
    '0x40000000 cannot be read: there is no such file, did you mean physmem load 0x40000000 f8?',
  ],
  ['load file:f8 nowhere', 'nowhere cannot be read: there is no such file'],
  ['load f8 0x40000000', '"f8" is not a place, did you mean physmem load 0x40000000 f8?'],
  ['search f8 0x40..+16', '"f8" is not a place, did you mean physmem search 0x40..+16 f8?'],
  ['search fed00000 0x40', '"fed00000" is not a place: did you mean 0xfed00000?'],
  ['compare boot.bin f8', isFile('boot.bin', 'physmem compare file:boot.bin f8')],
  ['compare abcd boot.bin', `"abcd" ${noPlace}`],
  ['compare f8 0x40..+8', '"f8" is not a place, did you mean physmem compare 0x40..+8 file:f8?'],
  [
    'fill 0xff 0x40..+16',
    '"0xff" is not a range: expected A..B or A..+LENGTH, such as 0xff..+0x100, did you mean physmem fill 0x40..+16 0xff?',
  ],
  ['save 0x40..+16 out.bin', notCommand('save', 'physmem dump 0x40..+16 --output out.bin')],
  ['save 0x40..+16 boot.bin', notCommand('save', 'dump')],
  ['load fc 0x40', '"fc" is not a place: did you mean 0xfc?'],
  [
    'load 0x10',
    'load needs a FILE, or - for standard input, such as physmem load 0x40000000 ram.bin\n  hint: see physmem load --help',
  ],
  [
    'load boot.bin',
    'load needs a PLACE before "boot.bin", such as physmem load 0x40000000 ram.bin\n  hint: see physmem load --help',
  ],
  [
    'load 0x10=boot.bin',
    'load needs a FILE, or - for standard input, did you mean physmem load 0x10 boot.bin?\n  hint: see physmem load --help',
  ],
  // It would be replaced.
  ['dump 0x4000..+16 ./boot.bin', tooMuch('dump', 'RANGE|PLACE', './boot.bin')],
  [
    'copy boot.bin out.bin',
    '"boot.bin" is a file, not a place\n  hint: it is given as file:boot.bin',
  ],
  [
    'read uart0.FR',
    'nothing here is named "uart0": name the file that describes the chip, with --chip FILE or in physmem.yaml',
  ],
  ['dump file:boot.bin --hex', notOption('dump', '--hex')],
  [
    'read sim:0x10000000 -t sim:board.yaml',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem read 0x10000000 -t sim:board.yaml?',
  ],
  ['map boot.bin', noAddress('boot.bin')],
  ['map board.dtb', isFile('board.dtb', 'physmem map dtb:board.dtb')],
  ['map board.dtb -t sim:', isFile('board.dtb', 'physmem map dtb:board.dtb -t sim:')],
  ['owners boot.bin', noAddress('boot.bin')],
  ['owners board.dtb', noAddress('board.dtb')],
  ['doctor boot.bin', isFile('boot.bin', 'physmem doctor file:boot.bin')],
  ['load 0x1 boot.bin', misaligned('use --width 8')],
  [
    'compare boot.bin 0x1000..+16',
    `"boot.bin" is not a place: expected an address such as 0xfed00000, or ${prefixes}, did you mean physmem compare 0x1000..+16 file:boot.bin?`,
  ],
]
