import { RequestError } from '../../base/errors.ts'
import type { Width } from '../../base/width.ts'
import { examineBoardPlace } from '../../doctor/board.ts'
import { examineDebugPort } from '../../doctor/debug-port.ts'
import { type Diagnosis, examine } from '../../doctor/examine.ts'
import { examineFar } from '../../doctor/examine-far.ts'
import {
  examinePlace,
  examinePlaceOn,
  farMachine,
  type PlaceDiagnosis,
} from '../../doctor/place.ts'
import { reportText, writeReport } from '../../doctor/report.ts'
import { inventoryOfBoard } from '../../inventory/board.ts'
import { isDebugPort, isRemote } from '../../machine/facilities.ts'
import type { SimMemory } from '../../memory/sim/index.ts'
import { fileError } from '../../operate/files.ts'
import { widthAt } from '../../operate/own-width.ts'
import { parsePlace } from '../../place/place.ts'
import type { Place } from '../../place/schemes/index.ts'
import { onSimulatedBoard } from '../../place/target.ts'
import type { DebugMemory } from '../../remote/debug/index.ts'
import type { DoctorDocument } from '../../report/doctor.ts'
import { placeDiagnosisToJson } from '../../report/doctor.ts'
import { quote } from '../../text/refuse.ts'
import { looks } from '../frame/batch/reasons.ts'
import { defineCommand } from '../frame/command.ts'
import type { Context } from '../frame/context.ts'
import { outputPath } from '../frame/paths.ts'
import { version } from '../frame/version.ts'
import { boardLines, debugPortLines, findingsOf } from '../views/doctor/board-view.ts'
import { placeLines } from '../views/doctor/place-view.ts'
import { diagnosisLines } from '../views/doctor/view.ts'

export default defineCommand({
  arguments: [
    {
      name: 'place',
      description: 'examine access to this place only',
      completes: { place: 'examination' },
    },
  ],
  options: {
    report: {
      flags: '--report <file>',
      description: 'write what a maintainer would ask for, without secrets; - for standard output',
      parse: outputPath,
      fallback: undefined as string | undefined,
      completes: 'file',
    },
    selfTest: {
      flags: '--self-test',
      description: 'also write: to a file and a page of this process, and compare',
      fallback: false as boolean,
    },
  },
  meanings: { quiet: 'print names and verdicts only' },
  examples: [
    ['doctor', 'what works here, what does not, why, and the cure'],
    ['doctor 0xfed40000', 'the same for one place'],
    ['doctor 0x1000003c --target sim:', 'what the simulated board answers there'],
    ['doctor pci:0000:00:04.0/bar0 --json', 'for programs'],
    ['doctor --report report.txt', 'what to attach to a bug report'],
  ],
  notes: [
    'No register is accessed, and no memory but a page of this process: device memory is mapped, ' +
      'which accesses nothing; RAM is probed with a page of this process that holds a pattern, which each ' +
      'way must show. No module is loaded.',
    'Exit 0 when everything was examined, whatever was found. With a place, exit 1 when it cannot ' +
      'be read, and 2 when there is no such place.',
  ],
  refuses: ['endian', 'actOnPorts', 'actOnI2c'],
  severally: { prints: 'at its end' },
  inBatches: looks,
  async run(context, [place], options) {
    const board = await context.boardMemory()
    if (board !== undefined) return examineBoard(context, board, place as string, options)
    if (isDebugPort(context.settings.target)) return examinePort(context, place, options)
    refuseFarAway(context, options)
    if (place === undefined) return examineAll(context, options)
    if (options.report !== undefined || options.selfTest) {
      const option = options.report === undefined ? '--self-test' : '--report'
      throw new RequestError('EUSAGE', `${option} is for the whole machine: leave the place out`)
    }
    return examineOne(context, place as string)
  },
})

/** These are of the process that runs here. */
function refuseFarAway(
  { settings: { target } }: Context,
  { report, selfTest }: { report: string | undefined; selfTest: boolean },
): void {
  if (!isRemote(target) || (report === undefined && !selfTest)) return
  const option = report === undefined ? '--self-test' : '--report'
  throw new RequestError(
    'EUSAGE',
    `${option} is for this machine, but the target is ${quote(target)}`,
    { input: target },
  )
}

async function examineBoard(
  context: Context,
  memory: SimMemory,
  text: string | undefined,
  { report, selfTest }: { report: string | undefined; selfTest: boolean },
): Promise<0 | 1> {
  const { settings, io } = context
  if (report !== undefined || selfTest) {
    const option = report === undefined ? '--self-test' : '--report'
    throw new RequestError(
      'EUSAGE',
      `${option} is for this machine, but the target is a simulated board`,
    )
  }
  const { description } = memory.board
  const inventory = inventoryOfBoard(description, settings.target)
  if (text !== undefined) {
    const place = onSimulatedBoard(parsePlace(text))
    return tellPlace(context, await examineBoardPlace(place, settings.width, inventory, memory))
  }
  const { name } = description
  const findings = findingsOf(inventory)
  if (settings.json)
    context.record<DoctorDocument>({ target: settings.target, board: name, findings })
  else if (settings.quiet) context.print(findings.map(({ id, verdict }) => `${id} ${verdict}`))
  else context.print(boardLines(description, settings.target, findings, io.stdout))
  return 0
}

/** It is connected to, and asked what it is. */
async function examinePort(
  context: Context,
  place: unknown,
  { report, selfTest }: { report: string | undefined; selfTest: boolean },
): Promise<0> {
  const { settings, io } = context
  const { target } = settings
  const given = report !== undefined ? '--report' : selfTest ? '--self-test' : place
  if (given !== undefined) {
    const message = `${given} is not examined at a debug port, but the target is ${quote(target)}`
    const cure = 'leave it out; an access that fails says why'
    throw new RequestError('EUSAGE', message, { input: target, cure })
  }
  const machine = await context.machine('write', [])
  const { memory } = await machine.locate(parsePlace('0'), 1, 'write')
  const { server } = memory as DebugMemory
  const findings = examineDebugPort(server)
  if (settings.json) {
    context.record<DoctorDocument>({ target, server: server.program, findings })
  } else if (settings.quiet) context.print(findings.map(({ id, verdict }) => `${id} ${verdict}`))
  else context.print(debugPortLines(server.program, target, findings, io.stdout))
  return 0
}

async function examineAll(
  context: Context,
  { report, selfTest }: { report: string | undefined; selfTest: boolean },
): Promise<0> {
  const { json, quiet } = context.settings
  const { system } = context
  if (report === '-' && json) {
    throw new RequestError('EUSAGE', '--json and --report - both write to standard output')
  }
  const diagnosis = isRemote(context.settings.target)
    ? await examineFar(await context.remoteFacts(), await context.remoteTrials())
    : await examine({ selfTest }, system)
  const { host, findings } = diagnosis
  if (report !== undefined) await saveReport(context, report, diagnosis)
  if (json)
    context.record<DoctorDocument>({ host, findings, ...(report === undefined ? {} : { report }) })
  else if (report === '-') return 0
  else if (quiet) context.print(findings.map(({ id, verdict }) => `${id} ${verdict}`))
  else context.print(diagnosisLines(diagnosis, context.io.stdout))
  return 0
}

async function saveReport(context: Context, file: string, diagnosis: Diagnosis): Promise<void> {
  const { system } = context
  if (file === '-') {
    context.io.stdout.write(reportText(diagnosis, version, system))
    return
  }
  try {
    await writeReport(file, diagnosis, version, system)
  } catch (error) {
    throw fileError(file, 'written', error)
  }
  context.note(`the report is in ${file}: read it before you pass it on`)
}

async function examineOne(context: Context, place: string): Promise<0 | 1> {
  const { settings } = context
  const parsed = parsePlace(place)
  const isI2c = parsed.scheme === 'i2c' && !settings.widthGiven
  const width = isI2c ? 8 : widthAt(parsed, settings)
  return tellPlace(context, await examinePlaceOfTarget(context, parsed, width), width)
}

async function examinePlaceOfTarget(
  context: Context,
  place: Place,
  width: Width,
): Promise<PlaceDiagnosis> {
  if (!isRemote(context.settings.target)) {
    return await examinePlace(place, { width }, context.system)
  }
  const { locate } = await context.machine('read', [place], [])
  const machine = farMachine({
    locate,
    look: (question) => context.look(question),
    asking: () => context.remoteAsking(),
  })
  return await examinePlaceOn(machine, place, width)
}

function tellPlace(
  context: Context,
  diagnosis: PlaceDiagnosis,
  width = context.settings.width,
): 0 | 1 {
  const { json, quiet } = context.settings
  const { read, write } = diagnosis
  if (json) context.record<DoctorDocument>(placeDiagnosisToJson(diagnosis))
  else if (quiet) context.print(`read ${read.verdict}`, `write ${write.verdict}`)
  else context.print(placeLines(diagnosis, width, context.io.stdout))
  return read.verdict === 'works' ? 0 : 1
}
