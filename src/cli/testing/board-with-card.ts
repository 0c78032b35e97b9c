import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { FolderBoard } from './board.ts'

/** A folder that a program takes for a machine, with a PCI function whose driver is e1000. */
export class BoardWithCard extends FolderBoard {
  readonly card = '0000:00:06.0'
  readonly device = `sys/bus/pci/devices/${this.card}`

  /** As after a start: nothing has been stored yet. */
  reset(): void {
    rmSync(this.at('sys'), { recursive: true, force: true })
    this.put(`${this.device}/driver_override`, '(null)\n')
    this.put('proc/modules', '')
    mkdirSync(this.at(`${this.device}/uio/uio3`), { recursive: true })
    for (const name of ['e1000', 'uio_pci_generic']) {
      for (const verb of ['bind', 'unbind']) this.put(`sys/bus/pci/drivers/${name}/${verb}`, '')
    }
    this.boundTo('e1000')
  }

  put(name: string, text: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true })
    writeFileSync(this.at(name), text)
  }

  /** What sysfs shows after a driver has taken the function, which no kernel does here. */
  boundTo(driver: string): void {
    rmSync(this.at(`${this.device}/driver`), { force: true })
    symlinkSync(`../../../bus/pci/drivers/${driver}`, this.at(`${this.device}/driver`))
  }

  /** What is in a file of sysfs below bus/pci. */
  text(name: string): string {
    return readFileSync(this.at(`sys/bus/pci/${name}`), 'utf8')
  }
}
