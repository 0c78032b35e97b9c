/*
 * malloc and its like, and the functions that compilers call by themselves. Blocks lie one behind
 * the other in an arena; the first that is free and long enough is taken. What is large is mapped.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_BYTES (256u * 1024)
#define LARGE_BYTES (64u * 1024)
#define UNIT 16u

struct block {
  size_t bytes; /* behind this header, a multiple of UNIT */
  uint32_t taken;
  uint32_t mapped; /* a mapping of its own, header included */
} __attribute__((aligned(UNIT)));

static union {
  struct block first;
  uint8_t bytes[ARENA_BYTES];
} arena;

static struct block *next_of(struct block *block) {
  return (struct block *)(void *)((uint8_t *)(block + 1) + block->bytes);
}

static bool is_inside(const struct block *block) {
  return (const uint8_t *)block < arena.bytes + ARENA_BYTES;
}

/* A free block takes in those behind it that are free, too. */
static void join(struct block *block) {
  for (struct block *next = next_of(block); is_inside(next) && !next->taken; next = next_of(block))
    block->bytes += sizeof *next + next->bytes;
}

static void divide(struct block *block, size_t bytes) {
  if (block->bytes < bytes + sizeof *block + UNIT)
    return;
  size_t rest = block->bytes - bytes - sizeof *block;
  block->bytes = bytes;
  *next_of(block) = (struct block){.bytes = rest};
}

static void *map_large(size_t bytes) {
  struct block *block =
      mmap(NULL, sizeof *block + bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED)
    return NULL;
  *block = (struct block){.bytes = bytes, .taken = 1, .mapped = 1};
  return block + 1;
}

void *malloc(size_t size) {
  if (size > PTRDIFF_MAX - UNIT - sizeof(struct block))
    return NULL;
  size_t bytes = (size + UNIT - 1) / UNIT * UNIT;
  if (bytes >= LARGE_BYTES)
    return map_large(bytes);
  if (!arena.first.bytes)
    arena.first.bytes = ARENA_BYTES - sizeof arena.first;
  for (struct block *block = &arena.first; is_inside(block); block = next_of(block)) {
    if (block->taken)
      continue;
    join(block);
    if (block->bytes < bytes)
      continue;
    divide(block, bytes);
    block->taken = 1;
    return block + 1;
  }
  return NULL;
}

void free(void *data) {
  if (!data)
    return;
  struct block *block = (struct block *)data - 1;
  if (block->mapped)
    munmap(block, sizeof *block + block->bytes);
  else
    block->taken = 0;
}

void *calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes))
    return NULL;
  void *data = malloc(bytes);
  if (data)
    memset(data, 0, bytes);
  return data;
}

void *realloc(void *data, size_t size) {
  void *moved = malloc(size);
  if (moved && data) {
    size_t old = ((struct block *)data - 1)->bytes;
    memcpy(moved, data, old < size ? old : size);
    free(data);
  }
  return moved;
}
