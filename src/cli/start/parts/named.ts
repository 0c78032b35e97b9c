/** The command with what reads, writes and waits by name need; the build puts it in a file of its own. */
import '../entry.ts'
