import type { BatchDocument } from './batch.ts'
import type { BindDocument } from './bind.ts'
import type { BufferDocument } from './buffer.ts'
import type { CacheDocument } from './cache.ts'
import type { ChipsDocument } from './chips.ts'
import type { CodegenDocument } from './codegen.ts'
import type { CompareDocument } from './compare.ts'
import type { CopyDocument } from './copy.ts'
import type { DescribeDocument } from './describe.ts'
import type { DevmemDocument } from './devmem.ts'
import type { DoctorDocument } from './doctor.ts'
import type { DumpDocument } from './dump.ts'
import type { ErrorReport } from './error.ts'
import type { FillDocument } from './fill.ts'
import type { ImportDocument } from './import.ts'
import type { KmodDocument } from './kmod.ts'
import type { LintDocument } from './lint.ts'
import type { ListDocument } from './list.ts'
import type { LoadDocument } from './load.ts'
import type { MapDocument } from './map.ts'
import type { OwnersDocument } from './owners.ts'
import type { Printed } from './printed.ts'
import type { ReadDocument } from './read.ts'
import type { RecordDocument } from './record.ts'
import type { SearchDocument } from './search.ts'
import type { DiffDocument, RestoreDocument, SnapshotDocument } from './snapshot.ts'
import type { TranslateDocument } from './translate.ts'
import type { WaitDocument } from './wait.ts'
import type { WatchDocument } from './watch.ts'
import type { WriteDocument } from './write.ts'

/** What each command says of itself with `--json`, before it is printed. */
export interface Documents {
  read: ReadDocument
  write: WriteDocument
  wait: WaitDocument
  watch: WatchDocument
  record: RecordDocument
  snapshot: SnapshotDocument
  diff: DiffDocument
  restore: RestoreDocument
  dump: DumpDocument
  load: LoadDocument
  fill: FillDocument
  copy: CopyDocument
  compare: CompareDocument
  search: SearchDocument
  cache: CacheDocument
  batch: BatchDocument
  buffer: BufferDocument
  devmem: DevmemDocument
  map: MapDocument
  list: ListDocument
  translate: TranslateDocument
  owners: OwnersDocument
  bind: BindDocument
  kmod: KmodDocument
  import: ImportDocument
  codegen: CodegenDocument
  doctor: DoctorDocument
  describe: DescribeDocument
  chips: ChipsDocument
  lint: LintDocument
}

/**
 * A document of a command as it is printed: all of it, or where the command failed `error` and what
 * is known nevertheless. docs/schemas has the same as JSON Schema.
 *
 * ```ts
 * const document: JsonDocument<'read'> = JSON.parse(text)
 * ```
 */
export type JsonDocument<Command extends keyof Documents | Undocumented> =
  Command extends keyof Documents
    ? JsonHead<Command> &
        Printed<
          | (Documents[Command] & { error?: never })
          | (Partial<Documents[Command]> & { error: ErrorReport })
        >
    : JsonHead<Command> & Printed<{ error: ErrorReport }>

/** What has a document only where its line is wrong; `physmem` is a line that names no command. */
export type Undocumented = 'agent' | 'completion' | 'physmem' | 'repl' | 'run'

/** What every document begins with. */
export interface JsonHead<Command extends string = string> {
  command: Command
  /** Of several targets: which one. Some commands always say it. */
  target?: string
  /** In a batch: the number of the line, from 1. */
  line?: number
}
