/** The command with what a batch of everyday commands needs; the build puts it in a file of its own. */
import '../entry.ts'
