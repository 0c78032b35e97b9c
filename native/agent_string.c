/* Functions of <string.h>; the first four are called by compilers, too. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What the CPU moves at once. */
typedef size_t __attribute__((may_alias)) word;

static bool is_aligned(const void *address) { return (uintptr_t)address % sizeof(word) == 0; }

/* In ascending order, what is read at once before it is written: the two may overlap where `out`
 * lies before `in`. */
static void copy_up(uint8_t *out, const uint8_t *in, size_t count) {
  size_t i = 0;
  if (is_aligned(out) && is_aligned(in))
    for (; count - i >= 4 * sizeof(word); i += 4 * sizeof(word)) {
      word *words = (word *)(void *)(out + i);
      const word *others = (const word *)(const void *)(in + i);
      word first = others[0], second = others[1], third = others[2], fourth = others[3];
      words[0] = first;
      words[1] = second;
      words[2] = third;
      words[3] = fourth;
    }
  for (; i < count; i++)
    out[i] = in[i];
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  copy_up(to, from, count);
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  uint8_t *out = to;
  const uint8_t *in = from;
  if (out <= in)
    copy_up(out, in, count);
  else
    while (count--)
      out[count] = in[count];
  return to;
}

void *memset(void *to, int byte, size_t count) {
  uint8_t *out = to;
  size_t i = 0;
  if (is_aligned(to))
    for (word all = (word)-1 / 0xff * (uint8_t)byte; count - i >= sizeof(word); i += sizeof(word))
      *(word *)(void *)(out + i) = all;
  for (; i < count; i++)
    out[i] = (uint8_t)byte;
  return to;
}

int memcmp(const void *one, const void *other, size_t count) {
  const uint8_t *a = one, *b = other;
  for (size_t i = 0; i < count; i++)
    if (a[i] != b[i])
      return a[i] < b[i] ? -1 : 1;
  return 0;
}

void *memchr(const void *bytes, int wanted, size_t count) {
  const uint8_t *at = bytes;
  for (size_t i = 0; i < count; i++)
    if (at[i] == (uint8_t)wanted)
      return (void *)(uintptr_t)(at + i);
  return NULL;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length])
    length++;
  return length;
}

int strcmp(const char *one, const char *other) {
  while (*one && *one == *other) {
    one++;
    other++;
  }
  return (unsigned char)*one - (unsigned char)*other;
}

int strncmp(const char *one, const char *other, size_t count) {
  for (; count && *one && *one == *other; count--) {
    one++;
    other++;
  }
  return count ? (unsigned char)*one - (unsigned char)*other : 0;
}

char *strchr(const char *text, int letter) {
  for (;; text++) {
    if (*text == (char)letter)
      return (char *)text;
    if (!*text)
      return NULL;
  }
}

char *strrchr(const char *text, int letter) {
  char *found = NULL;
  for (;; text++) {
    if (*text == (char)letter)
      found = (char *)text;
    if (!*text)
      return found;
  }
}

char *strstr(const char *text, const char *part) {
  size_t length = strlen(part);
  for (;; text++) {
    if (strncmp(text, part, length) == 0)
      return (char *)text;
    if (!*text)
      return NULL;
  }
}
