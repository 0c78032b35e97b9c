/** What a kernel prints when something in it went wrong, or may. */
const complaint =
  /WARNING|BUG|Oops|KASAN|UBSAN|INFO: (possible|rcu|task)|Call [Tt]race|Unable to handle|general protection|suspicious|circular|inconsistent lock|possible recursive|stall|bad page|Bad page|slab.*(corrupt|overwritten)|suspected memory leaks/

/** The lines of `dmesg` that tell of it. */
export const kernelComplaints = (log: string): string[] =>
  log.split('\n').filter((line) => complaint.test(line))
