/*
 * Prints what `rdtscp` gives in ECX on each CPU: the register IA32_TSC_AUX, which user space sees so
 * without any help of the kernel.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  long cpus = sysconf(_SC_NPROCESSORS_CONF);
  for (long cpu = 0; cpu < cpus; cpu++) {
    cpu_set_t set;
    uint32_t low, high, aux;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set))
      continue;
    __asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(aux));
    printf("%ld 0x%x\n", cpu, aux);
  }
}
