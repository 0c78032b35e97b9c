/** What tests of I2C devices know of a machine. */
import type { Machine } from './machine.ts'

/** What QEMU traces of its buses. */
export const I2C_TRACES = ['i2c_event', 'i2c_send', 'i2c_recv']

/** The number of the bus whose adapter has a name that begins so. */
export async function busOf(machine: Machine, name: string): Promise<number> {
  const { stdout } = await machine.exec('grep -H . /sys/bus/i2c/devices/i2c-*/name')
  const found = stdout.split('\n').find((line) => line.includes(`/name:${name}`))
  return Number(/i2c-(\d+)/.exec(found ?? '')?.[1] ?? Number.NaN)
}

/** Each byte and condition of a bus in lines of QEMU's trace. */
export function onBus(trace: readonly string[]): string[] {
  return trace.flatMap((text) => {
    const found = /i2c_(?:event|send|recv) (\w+)\(addr:(0x\w\w)\)(?: data:(0x\w\w))?/.exec(text)
    return found === null ? [] : [found.slice(1).filter(Boolean).join(' ')]
  })
}
