/**
 * Reads one 32-bit register, wherever it is:
 *
 *     read-register sim: 0x10000000                   on the simulated board
 *     read-register pci:0000:00:04.0/bar0 0x0         in a PCI BAR
 *     read-register '' 0xfed00000                     in the physical memory of this machine
 */
import { open } from 'physmem'

const [place = 'sim:', address = '0x10000000'] = process.argv.slice(2)

await using memory = await open(place === '' ? undefined : place, { mode: 'read' })
const value = await memory.read32(Number(address))
console.log(`${memory.name} ${address}: 0x${value.toString(16).padStart(8, '0')}`)
