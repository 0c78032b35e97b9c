/** The command line that writes the agent for a CPU to a file. */
export const WRITE_AGENT = 'physmem agent --cpu CPU -o physmem-agent'
