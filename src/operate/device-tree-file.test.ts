import { expect, it } from 'vitest'
import { TestFolder } from '../cli/testing/files.ts'
import { isDeviceTree } from './files.ts'

const folder = new TestFolder()

it('knows a device tree by its name, and reads nothing: a file may be registers', () => {
  expect(isDeviceTree(folder.file('board.dtb', ''))).toBe(true)
  expect(isDeviceTree(folder.file('overlay.DTBO', ''))).toBe(true)
  expect(isDeviceTree(folder.file('resource4', Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed)))).toBe(false)
  expect(isDeviceTree(`${folder.path}/absent.dtb`)).toBe(false)
})
