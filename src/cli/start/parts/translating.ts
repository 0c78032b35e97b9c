/** The command with what translate needs; the build puts it in a file of its own. */
import '../entry.ts'
