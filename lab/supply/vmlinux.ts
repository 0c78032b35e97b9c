import { readFile, writeFile } from 'node:fs/promises'
import { command } from './command.ts'

const formats = [
  { magic: 'fd377a585a00', program: 'xz', parameters: ['-dc', '--single-stream'] },
  { magic: '28b52ffd', program: 'zstd', parameters: ['-dc'] },
]

/**
 * Takes the kernel proper out of a compressed x86 image. QEMU starts it by its PVH entry point,
 * which saves three seconds of emulated decompression at every boot.
 */
export async function extractVmlinux(bzImage: string, destination: string): Promise<void> {
  const image = await readFile(bzImage)
  // Documentation/arch/x86/boot.rst: setup_sects, payload_offset, payload_length
  const start = (image.readUInt8(0x1f1) + 1) * 512 + image.readUInt32LE(0x248)
  const length = image.readUInt32LE(0x24c)
  const payload = image.subarray(start, start + length - 4) // ends with the unpacked size
  const format = formats.find(({ magic }) => payload.toString('hex', 0, magic.length / 2) === magic)
  if (!format) {
    throw new Error(`${bzImage}: compressed in an unknown way (${payload.toString('hex', 0, 6)})`)
  }
  const vmlinux = await command(format.program, format.parameters, { input: payload })
  if (vmlinux.length !== image.readUInt32LE(start + length - 4)) {
    throw new Error(`${bzImage}: unpacked to ${vmlinux.length} bytes, which is not its size`)
  }
  await writeFile(destination, vmlinux)
}
