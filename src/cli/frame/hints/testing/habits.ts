import { prefixes } from '../../../../place/schemes/index.ts'

/** What people type out of habit, and the message that leads to what was meant. */
export const notCommand = (word: string, meant: string) =>
  `"${word}" is not a command, did you mean ${meant}?\n  hint: see physmem --help`
export const tooMuch = (command: string, shape: string, word: string, meant = '') =>
  `${command} takes ${shape}: "${word}" is too much${meant && `, did you mean ${meant}?`}\n  hint: see physmem ${command} --help`
const noAssignment = (text: string) =>
  `"${text}" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1`
export const noPlace = `is not a place: expected an address such as 0xfed00000, or ${prefixes}`
const noWidth = 'is not a width: expected 8, 16, 32 or 64, or b, h, w or l'
const noPid =
  'is not the number of a process: a number is needed, such as $$, which is that of the shell'
export const notOption = (command: string, option: string, meant = '') =>
  `"${option}" is not an option of ${command}${meant && `, did you mean ${meant}?`}\n  hint: see physmem ${command} --help`
const isFile = (path: string, meant: string) =>
  `"${path}" is a file, not a place, did you mean ${meant}?`
const noAddress = (path: string) =>
  `"${path}" is a file, not a place\n  hint: a file has no physical address; read, dump and search take it as file:${path}`
const noTarget = (text: string, meant = '') =>
  `"${text}" is not a target: expected local, sim:, sim:FILE, ssh://HOST, sudo:, unix:SOCKET or exec:COMMAND${meant && `, did you mean ${meant}?`}`
const misaligned = (hint: string) =>
  `0x00000001 is not a multiple of 4: a 32-bit access needs 0x00000000 or 0x00000004\n  hint: ${hint}`
export const onBoard = (name: string, address: string, meant: string) =>
  `"${name}" is not a place: on this board it is at ${address}, did you mean ${meant}?`
/** devmem fails as the one of busybox does. */
/** Each line, and what is said of it: the files are those of the test that types them. */
export const habits: [line: string, message: string][] = [
  ['rdmsr 0x1b', notCommand('rdmsr', 'physmem read msr:0x1b')],
  ['rdmsr -p 1 0x1b', notCommand('rdmsr', 'physmem read msr:cpu1:0x1b')],
  ['wrmsr -p 1 0x174 16', notCommand('wrmsr', 'physmem write msr:cpu1:0x174=16')],
  ['dump 0x4000 16', tooMuch('dump', 'RANGE|PLACE', '16', 'physmem dump 0x4000..+16')],
  ['dump 0x4000 16 -w 8', tooMuch('dump', 'RANGE|PLACE', '16', 'physmem dump 0x4000..+16 -w 8')],
  ['dump 0x4001 16', tooMuch('dump', 'RANGE|PLACE', '16')],
  ['dump 0x4000 0x4100', tooMuch('dump', 'RANGE|PLACE', '0x4100', 'physmem dump 0x4000..0x4100')],
  ['dump 0x4000 0x5000+4', tooMuch('dump', 'RANGE|PLACE', '0x5000+4')],
  ['dump 0x4000 10', tooMuch('dump', 'RANGE|PLACE', '10')],
  ['dump 8 0x10000000', tooMuch('dump', 'RANGE|PLACE', '0x10000000')],
  ['dump 0x4000 16 f.bin', tooMuch('dump', 'RANGE|PLACE', '16')],
  ['dump 0x4000 +0x100', tooMuch('dump', 'RANGE|PLACE', '+0x100', 'physmem dump 0x4000..+0x100')],
  ['dump 0x4000..+16 0x5000..+16', tooMuch('dump', 'RANGE|PLACE', '0x5000..+16')],
  ['dump 0x4000..+16 file:f.bin', tooMuch('dump', 'RANGE|PLACE', 'file:f.bin')],
  ['dump 0x4000..+16 -o file:f.bin', '"file:f.bin" is a place, not a path, did you mean f.bin?'],
  ['load 0x4000 file:boot.bin', '"file:boot.bin" is a place, not a path, did you mean boot.bin?'],
  ['load 0x4000 file:boot.bin+0x4', '"file:boot.bin+0x4" is a place, not a path'],
  [
    'dump 0x4000..+16 f.bin',
    tooMuch('dump', 'RANGE|PLACE', 'f.bin', 'physmem dump 0x4000..+16 --output f.bin'),
  ],
  ['fill 0x4000 16 0', tooMuch('fill', 'RANGE VALUE', '0', 'physmem fill 0x4000..+16 0')],
  ['fill 0x4000 0x5000 0', tooMuch('fill', 'RANGE VALUE', '0', 'physmem fill 0x4000..0x5000 0')],
  ['fill 0x4000 0xdeadbeef 16', tooMuch('fill', 'RANGE VALUE', '16')],
  ['fill 0x4000 0x10 1', tooMuch('fill', 'RANGE VALUE', '1')],
  ['fill 0x4000 +0x10 1', tooMuch('fill', 'RANGE VALUE', '1', 'physmem fill 0x4000..+0x10 1')],
  ['dump 0x4000 zz', tooMuch('dump', 'RANGE|PLACE', 'zz')],
  [
    'search 0x0 1k text:a',
    tooMuch('search', 'RANGE|PLACE PATTERN', 'text:a', 'physmem search 0x0..+1k text:a'),
  ],
  ['copy 0x0 0x10 16', tooMuch('copy', 'RANGE|PLACE PLACE', '16', 'physmem copy 0x0..+16 0x10')],
  [
    'compare 0x0 0x10 16',
    tooMuch('compare', 'RANGE|PLACE OTHER', '16', 'physmem compare 0x0..+16 0x10'),
  ],
  ['fill 0x0 0 16', tooMuch('fill', 'RANGE VALUE', '16')],
  [
    'read 0x0 4',
    '"4" is not a place after another: it may be a count (--count 4) or an address (0x4+0), did you mean physmem read 0x0 --count 4?',
  ],
  [
    '-t sim: read 0x0 4 -q',
    '"4" is not a place after another: it may be a count (--count 4) or an address (0x4+0), did you mean physmem -t sim: read 0x0 -q --count 4?',
  ],
  [
    'read 0x0 0x4 4',
    '"4" is not a place after another: it may be a count (--count 4) or an address (0x4+0)',
  ],
  ['write 0x8 1', `${noAssignment('0x8')}, did you mean physmem write 0x8=1?`],
  ['write 0x8 1 8', `${noAssignment('0x8')}, did you mean physmem write 0x8=1 --width 8?`],
  ['write 0x8 1 --dry-run', `${noAssignment('0x8')}, did you mean physmem write 0x8=1 --dry-run?`],
  ['write 0x8 = 1', `${noAssignment('0x8')}, did you mean physmem write 0x8=1?`],
  ['write 0x9 1', noAssignment('0x9')],
  ['write 0x8 0x100 8', noAssignment('0x8')],
  ['md 0x4000', notCommand('md', 'physmem dump 0x4000')],
  ['md 0x4000 0x10', notCommand('md', 'physmem dump 0x4000..+0x40')],
  ['md 0x4000 10', notCommand('md', 'dump')],
  ['md 0x40000000 0x40000100', notCommand('md', 'physmem dump 0x40000000..0x40000100')],
  ['hexdump 0x4000 16', notCommand('hexdump', 'dump')],
  ['cmp 0x4000 0x5000 4', notCommand('cmp', 'physmem compare 0x4000..+0x10 0x5000')],
  ['poke 0x10 1 2', notCommand('poke', 'write')],
  ['0x4000 32', notCommand('0x4000', 'physmem read 0x4000 --width 32')],
  ['0x4000 0x20', '"0x4000" is not a command\n  hint: see physmem --help'],
  ['man', '"man" is not a command\n  hint: see physmem --help'],
  ['batch f --verify', '"--verify" is not an option of batch\n  hint: see physmem batch --help'],
  [
    'read 0x10 --hex',
    '"--hex" is not an option of read, did you mean physmem read 0x10 --base hex?\n  hint: see physmem read --help',
  ],
  [
    'read 0x10 8 -w 8',
    '"8" is not a place after another: it may be a width (--width 8), a count (--count 8) or an address (0x8+0), did you mean physmem read 0x10 -w 8 --count 8?',
  ],
  [
    'read 0x10 8 -w 8 -n 4',
    '"8" is not a place after another: it may be a width (--width 8), a count (--count 8) or an address (0x8+0)',
  ],
  [
    'write 0x10[7:4]=3',
    '"0x10[7:4]=3" is not an assignment: bits follow a colon, did you mean 0x10:7:4=3?',
  ],
  ['wait 0x10[0]=0', '"0x10[0]=0" is not a condition: bits follow a colon, did you mean 0x10:0=0?'],
  ['write 0x8 32 0x41', `${noAssignment('0x8')}, did you mean physmem write 0x8=0x41 --width 32?`],
  ['write 0x8 32 8', noAssignment('0x8')],
  ['write 0x8 == 1', `${noAssignment('0x8')}, did you mean physmem write 0x8=1?`],
  [
    'wait 0x8 0',
    '"0x8" is not a condition: expected PLACE=VALUE, or !=, <, <=, >, >= (in quotes), such as 0x10:7=0, did you mean physmem wait 0x8=0?',
  ],
  ['md.b 0x4000 3', notCommand('md.b', 'physmem dump 0x4000..+0x3 --width 8')],
  ['md 0x4000+0x10', notCommand('md', 'physmem dump 0x4000..+0x10')],
  ['md 0x09000fe0-0x9000fef', notCommand('md', 'physmem dump 0x09000fe0..0x9000ff0')],
  ['md 0x09000fe0-0x09000fef', notCommand('md', 'physmem dump 0x09000fe0..0x09000ff0')],
  ['md 0x4000-0x400f -t sim:', notCommand('md', 'physmem dump 0x4000..0x4010 -t sim:')],
  ['md', notCommand('md', 'dump')],
  ['md -b 0x10-0x1f', notCommand('md', 'physmem dump 0x10..0x20 --width 8')],
  ['md -w 0x10-0x1f', notCommand('md', 'physmem dump 0x10..0x20 --width 16')],
  ['md -l 0x10+0x20', notCommand('md', 'physmem dump 0x10..+0x20 --width 32')],
  ['md 0x10-0x1f', notCommand('md', 'physmem dump 0x10..0x20')],
  ['md -w 8 0x10', notCommand('md', 'physmem dump 0x10 -w 8')],
  ['mw 0x8 1', notCommand('mw', 'physmem write 0x8=1')],
  ['mw.b 0x8 1', notCommand('mw.b', 'physmem write 0x8=1 --width 8')],
  ['mw 0x8 1 4', notCommand('mw', 'physmem fill 0x8..+0x10 1')],
  ['mw.b 0x8 1 0x10', notCommand('mw.b', 'physmem fill 0x8..+0x10 1 --width 8')],
  ['mw 0x8 1 10', notCommand('mw', 'write')],
  ['memtool md 0x10+0x20', notCommand('memtool', 'physmem dump 0x10..+0x20')],
  ['memtool mw 0x10 1', notCommand('memtool', 'physmem write 0x10=1')],
  ['memtool md -b 0x10-0x1f', notCommand('memtool', 'physmem dump 0x10..0x20 --width 8')],
  ['memtool md -s boot.bin 0x4+8', notCommand('memtool', 'physmem dump file:boot.bin+0x4..+8')],
  ['memtool mw -b 0x10 1 2', notCommand('memtool', 'physmem write 0x10=1 0x10+0x1=2 --width 8')],
  ['memtool mw -d boot.bin 0x4 1', notCommand('memtool', 'physmem write file:boot.bin+0x4=1')],
  ['memset 0x10 0 16', notCommand('memset', 'physmem fill 0x10..+16 0 --width 8')],
  ['peek 0x10', notCommand('peek', 'physmem read 0x10')],
  ['peek 0x10 4', notCommand('peek', 'physmem read 0x10 --count 4')],
  ['peek 0x10 0x20', notCommand('peek', 'physmem read 0x10 --count 0x20')],
  ['poke 0x10 1', notCommand('poke', 'physmem write 0x10=1')],
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
  ['busybox devmem 0x10 8', notCommand('busybox', 'physmem devmem 0x10 8')],
  ['busybox hexdump -C boot.bin', notCommand('busybox', 'physmem dump file:boot.bin --width 8')],
  ['toybox devmem 0x10 8 1', notCommand('toybox', 'physmem devmem 0x10 64 1')],
  ['toybox devmem 0x10 4', notCommand('toybox', 'physmem devmem 0x10 32')],
  ['lspci', notCommand('lspci', 'physmem list pci')],
  ['xxd 0x10', notCommand('xxd', 'physmem dump 0x10')],
  ['ls', notCommand('ls', 'physmem list')],
  ['ls pci', notCommand('ls', 'physmem list pci')],
  ['devmem2 0x10 w 1', notCommand('devmem2', 'physmem devmem 0x10 w 1')],
  [
    'pcimem /sys/bus/pci/devices/0000:00:04.0/resource0 0x4 w',
    notCommand('pcimem', 'physmem read pci:0000:00:04.0/bar0+0x4 --width 32'),
  ],
  ['pcimem boot.bin 0x4 w', notCommand('pcimem', 'physmem read file:boot.bin+0x4 --width 32')],
  ['pcimem boot.bin 0x4 h 1', notCommand('pcimem', 'physmem write file:boot.bin+0x4=1 --width 16')],
  ['rwmem 0x10:7:4', notCommand('rwmem', 'physmem read 0x10:7:4')],
  ['rwmem 0x10+0x20', notCommand('rwmem', 'physmem read 0x10..+0x20')],
  ['rwmem 0x10=1', notCommand('rwmem', 'physmem write 0x10=1')],
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
  ['write 0x8=1 64', `${noAssignment('64')}, did you mean physmem write 0x8=1 --width 64?`],
  ['write 0x8=1 63', noAssignment('63')],
  ['write 0x8=1 64 -w 8', noAssignment('64')],
  [
    'wait 0x8=0 16',
    '"16" is not a condition: expected PLACE=VALUE, or !=, <, <=, >, >= (in quotes), such as 0x10:7=0, did you mean physmem wait 0x8=0 --width 16?',
  ],
  ['dump 0x4000..+16 8', tooMuch('dump', 'RANGE|PLACE', '8', 'physmem dump 0x4000..+16 --width 8')],
  ['dump 0x4000..+16 7', tooMuch('dump', 'RANGE|PLACE', '7')],
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
  ['copy 0x10..+4 boot.bin', isFile('boot.bin', 'physmem copy 0x10..+4 file:boot.bin')],
  [
    'dump none.bin',
    `"none.bin" is not a place: expected an address such as 0xfed00000, or ${prefixes}`,
  ],
  ['read 0x10[7:4]', '"0x10[7:4]" is not a place: bits follow a colon, did you mean 0x10:7:4?'],
  [
    'read sim:0x10000000',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem --target sim: read 0x10000000?',
  ],
  [
    'write sim:0x10000000=1 --verify',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem --target sim: write 0x10000000=1 --verify?',
  ],
  [
    'wait sim:0x10000000:7=1',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem --target sim: wait 0x10000000:7=1?',
  ],
  [
    'dump sim:board.yaml:0x10..+16',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem --target sim:board.yaml dump 0x10..+16?',
  ],
  [
    'copy local:0x10..+4 sim:0x20',
    '"local:" is a target, not a kind of place: name it apart from the place\n  hint: give it as --target local',
  ],
  ['write 0x10==1', '"0x10==1" is not an assignment: expected one "=", did you mean 0x10=1?'],
  [
    'write 0x10|=1',
    '"0x10|=1" is not an assignment: "|=" is not supported, bits are named, did you mean 0x10:0=0x1?',
  ],
  [
    'write 0x10+=1',
    '"0x10+=1" is not an assignment: "+=" is not supported: read the value first, and write what it is to be',
  ],
  [
    'dump 0x10000000..16',
    '"0x10000000..16" is reversed: it ends before it starts, did you mean 0x10000000..+16?',
  ],
  [
    'read pci:8086:100e/bar0#1+0x4',
    '"pci:8086:100e/bar0#1" is not a PCI place: #1 follows the ids, did you mean pci:8086:100e#1/bar0?',
  ],
  ['read pci:0000:00:04.0/bar0#1', '"pci:0000:00:04.0/bar0#1" is not a PCI place: unexpected "#1"'],
  ['read 0x1000000g', '"0x1000000g" is not an address: unexpected "g" after 0x1000000'],
  [
    'fill 0x10..+4 -0x10',
    '"-0x10" is not an option of fill, did you mean physmem fill 0x10..+4 -- -0x10?\n  hint: see physmem fill --help',
  ],
  [
    'load boot.bin 0x40000000',
    `"boot.bin" is not a place: expected an address such as 0xfed00000, or ${prefixes}, did you mean physmem load 0x40000000 boot.bin?`,
  ],
  [
    'load 0x10',
    'load needs a FILE, such as physmem load 0x40000000 ram.bin\n  hint: see physmem load --help',
  ],
  [
    'write',
    'write needs an ASSIGNMENT, such as physmem write 0x09000000=0x41 --width 8\n  hint: see physmem write --help',
  ],
  ['read /dev/uio0', '"/dev/uio0" is not a place: did you mean uio:uio0/map0?'],
  ['read /dev/uio1+0x4', '"/dev/uio1+0x4" is not a place: did you mean uio:uio1/map0+0x4?'],
  ['dump /dev/dri/card0', `"/dev/dri/card0" ${noPlace}`],
  ['dump /dev/accel/accel0', `"/dev/accel/accel0" ${noPlace}`],
  ['read /dev/vfio/12', `"/dev/vfio/12" ${noPlace}`],
  [
    'dump /sys/bus/pci/devices/0000:00:04.0/config',
    `"/sys/bus/pci/devices/0000:00:04.0/config" is not a place: did you mean pci:0000:00:04.0/config?`,
  ],
  [
    'read /sys/bus/pci/devices/0000:00:04.0/resource2+0x4',
    '"/sys/bus/pci/devices/0000:00:04.0/resource2+0x4" is not a place: did you mean pci:0000:00:04.0/bar2+0x4?',
  ],
  // A file that is there, and is not bytes.
  ['dump /proc/cpuinfo', `"/proc/cpuinfo" ${noPlace}`],
  ['cat /proc/cpuinfo', notCommand('cat', 'dump')],
  [
    'write 0x8 |= 1',
    '"0x8|=1" is not an assignment: "|=" is not supported, bits are named, did you mean 0x8:0=0x1?',
  ],
  [
    'write 0x8 += 1',
    '"0x8+=1" is not an assignment: "+=" is not supported: read the value first, and write what it is to be',
  ],
  [
    'read 0x8 32 0x1',
    '"32" is not a place after another: it may be a width (--width 32), a count (--count 32) or an address (0x20+0)\n  hint: read stores nothing; what does is physmem write 0x8=0x1 --width 32',
  ],
  ['devmem 0x8 0x41', `"0x41" ${noWidth}, did you mean physmem devmem 0x8 32 0x41?`],
  // The width 32, written otherwise.
  ['devmem 0x8 0x20', `"0x20" ${noWidth}`],
  ['devmem 0x8 24', `"24" ${noWidth}`],
  [
    'fill 0x8..+16=0',
    'fill needs a VALUE, did you mean physmem fill 0x8..+16 0?\n  hint: see physmem fill --help',
  ],
  ['fill 0x8..+16 = 0', tooMuch('fill', 'RANGE VALUE', '0', 'physmem fill 0x8..+16 0')],
  ['dump 0x8 -n 16', notOption('dump', '-n', 'physmem dump 0x8..+16')],
  ['dump 0x8 -n16', notOption('dump', '-n16', 'physmem dump 0x8..+16')],
  ['dump 0x8 --length 16', notOption('dump', '--length', 'physmem dump 0x8..+16')],
  ['dump 0x8 --length=16', notOption('dump', '--length', 'physmem dump 0x8..+16')],
  ['dump -w 8 0x8 -n 3', notOption('dump', '-n', 'physmem dump -w 8 0x8..+3')],
  ['dump 0x8..+4 -n 16', notOption('dump', '-n')],
  ['dump 0x4000 0x40ff', tooMuch('dump', 'RANGE|PLACE', '0x40ff', 'physmem dump 0x4000..0x4100')],
  ['dump 0x4000 0x4101', tooMuch('dump', 'RANGE|PLACE', '0x4101')],
  ['read 8086:100e', '"8086:100e" is not a place: did you mean pci:8086:100e/bar0?'],
  ['translate self', `"self" ${noPid}`],
  ['translate pid:self:0x1000', `"self" ${noPid}`],
  ['read pid:self:0x1000', `"self" ${noPid}`],
  [
    'read uart0.FR',
    'nothing here is named "uart0": name the file that describes the chip, with --chip FILE or in physmem.yaml',
  ],
  ['read uart0.NONE -t sim:', 'there is no register "NONE" in uart0'],
  [
    'read 8086:100e -t sim:',
    '"8086:100e" is not a place: pci:8086:100e/bar0 is not on a simulated board: it has plain addresses only',
  ],
  ['dump file:boot.bin --hex', notOption('dump', '--hex')],
  ['dump 0x8 --heap', notOption('dump', '--heap')],
  ['dump 0x8 --hlep', notOption('dump', '--hlep', '--help')],
  ['dump 0x8 --hel', notOption('dump', '--hel', '--help')],
  [
    '-t sim: read sim:0x10000000',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem -t sim: read 0x10000000?',
  ],
  [
    'read sim:0x10000000 -t sim:board.yaml',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem read 0x10000000 -t sim:board.yaml?',
  ],
  [
    'read sim:0x10000000 --target=sim:',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem read 0x10000000 --target=sim:?',
  ],
  [
    'read sim:0x10000000 -tlocal',
    '"sim:" is a target, not a kind of place: name it apart from the place, did you mean physmem --target sim: read 0x10000000?',
  ],
  ['-t sim: lspci', notCommand('lspci', 'list')],
  ['-t sim: ls pci', notCommand('ls', 'list')],
  ['-t sim: ls', notCommand('ls', 'physmem -t sim: list')],
  ['map boot.bin', noAddress('boot.bin')],
  ['map board.dtb', isFile('board.dtb', 'physmem map dtb:board.dtb')],
  ['map board.dtb -t sim:', isFile('board.dtb', 'physmem map dtb:board.dtb -t sim:')],
  ['owners boot.bin', noAddress('boot.bin')],
  ['owners board.dtb', noAddress('board.dtb')],
  ['doctor boot.bin', isFile('boot.bin', 'physmem doctor file:boot.bin')],
  ['wait 0x8=5 -t 10ms', noTarget('10ms', 'physmem wait 0x8=5 --timeout 10ms')],
  [
    '-t sim: wait 0x8=5 -t 10ms',
    '--target is given twice, but takes one value: leave out one of them',
  ],
  ['-t 2s wait 0x8=5', noTarget('2s', 'physmem wait 0x8=5 --timeout 2s')],
  ['wait 0x8=5 --target=10ms', noTarget('10ms', 'physmem wait 0x8=5 --timeout 10ms')],
  ['wait 0x8=5 -t 10ms --timeout 1s', noTarget('10ms')],
  ['read 0x8 -t 10ms', noTarget('10ms')],
  ['dump 0x1..+3', misaligned('use --width 8')],
  ['load 0x1 boot.bin', misaligned('use --width 8')],
  ['search 0x1..+8 text:a --width 32', misaligned('use --width 8')],
  ['devmem 0x1 32', misaligned('use the width 8')],
  ['list --x', '"--x" is not an option of list\n  hint: see physmem list --help'],
  [
    'dump 0x4000 --count 4',
    '"--count" is not an option of dump, did you mean physmem read 0x4000 --count 4?\n  hint: see physmem dump --help',
  ],
  [
    'dump 0x4000 --count=4 -w 8',
    '"--count" is not an option of dump, did you mean physmem read 0x4000 --count=4 -w 8?\n  hint: see physmem dump --help',
  ],
  [
    'wait 0x8=3 1s',
    '"1s" is not a condition: expected PLACE=VALUE, or !=, <, <=, >, >= (in quotes), such as 0x10:7=0, did you mean physmem wait 0x8=3 --timeout 1s?',
  ],
  [
    'wait 0x8=>3',
    `"0x8=" is not an address: unexpected "=" after 0x8, did you mean physmem wait '0x8>=3'?`,
  ],
  [
    'watch 0x8=1',
    '"0x8=1" is not an address: unexpected "=1" after 0x8, did you mean physmem wait 0x8=1?',
  ],
  [
    'search 0x1000..+16 52 4f',
    `search takes RANGE|PLACE PATTERN: "4f" is too much, did you mean physmem search 0x1000..+16 '52 4f'?\n  hint: see physmem search --help`,
  ],
  [
    'search text:boot 0x1000..+16',
    `"text:" is not a kind of place: expected an address, or ${prefixes}, did you mean physmem search 0x1000..+16 text:boot?`,
  ],
  [
    'compare boot.bin 0x1000..+16',
    `"boot.bin" is not a place: expected an address such as 0xfed00000, or ${prefixes}, did you mean physmem compare 0x1000..+16 file:boot.bin?`,
  ],
  [
    'write 0x8 1 0xc 2',
    '"0x8" is not an assignment: expected PLACE=VALUE, such as 0xfed00000=0x1, did you mean physmem write 0x8=1 0xc=2?',
  ],
]
