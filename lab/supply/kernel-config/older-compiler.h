/* Of riscv64: instructions that the newest kernels use, and the assembler of Debian 12 does not know. */
#undef CONFIG_RISCV_ISA_ZACAS
#undef CONFIG_RISCV_ISA_ZABHA
