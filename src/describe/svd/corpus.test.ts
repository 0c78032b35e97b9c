/**
 * Real files, counted by another program: 60 lines of Python over xml.etree, with a reading of its own
 * of derivedFrom (peripherals, registers and clusters; by names, merged) and dim. It counted
 * `<register>` elements, the registers and fields that these are when all that repeats is expanded,
 * and added up the addresses and sizes of all registers. Nothing of it was taken from here.
 */
import { describe, expect, test } from 'vitest'
import { elementsOf, fieldsOf, registersOf } from '../lookup.ts'
import { corpusFile, hasCorpus } from '../testing/corpus.ts'
import { readSvd } from './read.ts'

/** Name; elements; registers, fields, sum of addresses and of sizes, expanded. */
const COUNTS: readonly [string, number, number, number, bigint, number][] = [
  ['ARM_Sample.svd', 8, 33, 60, 35435652864n, 960],
  ['AT32F402xx_v2.svd', 643, 938, 6449, 1168027776036n, 30016],
  ['ATSAMD21J17A.svd', 413, 1344, 5322, 1537747793881n, 23872],
  ['D1-H.svd', 1204, 2566, 3059, 209664626090n, 82144],
  ['LPC176x5x_v0.2.svd', 398, 1149, 5342, 1261426547900n, 36768],
  ['STM32H7A3x.svd', 2146, 2969, 18234, 3810716950976n, 95008],
  ['XMC4300.svd', 942, 2748, 15619, 3556993392787n, 83848],
  ['bcm2711_lpa.svd', 425, 738, 5875, 3153580070092n, 23528],
  ['esp32.svd', 1414, 2698, 10807, 2606286348568n, 86144],
  ['fu540.svd', 18, 25, 67, 6443401836n, 800],
  ['k210.svd', 385, 2440, 3164, 1903064868976n, 82304],
  ['nrf52.svd', 716, 1708, 3365, 1755669103916n, 54656],
  ['rp2040.svd', 947, 1114, 4821, 1595345880328n, 35648],
]

describe.skipIf(!hasCorpus('svd'))('files of vendors', () => {
  test.each(COUNTS)('%s', (name, elements, registers, fields, addresses, sizes) => {
    const source = corpusFile('svd', name)
    expect(source.text.match(/<register[ >]/g)).toHaveLength(elements)
    const description = readSvd(source)
    const found = { registers: 0, fields: 0, addresses: 0n, sizes: 0 }
    for (const block of description.device.blocks) {
      for (const at of elementsOf(block)) {
        for (const { register, offset } of registersOf(block, at)) {
          found.registers++
          found.fields += fieldsOf(register).length
          found.addresses += BigInt((block.base ?? 0) + offset)
          found.sizes += register.size
        }
      }
    }
    expect(found).toEqual({ registers, fields, addresses, sizes })
    expect(description.issues.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})
