#define _GNU_SOURCE
#include "transfer.h"

#include <string.h>
#include <time.h>

#include "access.h"
#include "mapping.h"

/* A sleep is cut into slices of this length, so that a wish to stop is noticed. */
#define SLICE_NS 20000000u

bool pm_width_exists(unsigned width) {
  return width == 1 || width == 2 || width == 4 || (width == 8 && PM_HAS_64BIT_ACCESS);
}

static inline uint64_t load_relaxed(const volatile void *address, unsigned width) {
  switch (width) {
  case 1:
    return pm_load8(address);
  case 2:
    return pm_load16(address);
#if PM_HAS_64BIT_ACCESS
  case 8:
    return pm_load64(address);
#endif
  default:
    return pm_load32(address);
  }
}

static inline void store_relaxed(volatile void *address, unsigned width, uint64_t value) {
  switch (width) {
  case 1:
    pm_store8(address, (uint8_t)value);
    break;
  case 2:
    pm_store16(address, (uint16_t)value);
    break;
#if PM_HAS_64BIT_ACCESS
  case 8:
    pm_store64(address, value);
    break;
#endif
  default:
    pm_store32(address, (uint32_t)value);
    break;
  }
}

uint64_t pm_load(const volatile void *address, unsigned width) {
  uint64_t value = load_relaxed(address, width);
  PM_AFTER_LOAD();
  return value;
}

void pm_store(volatile void *address, unsigned width, uint64_t value) {
  PM_BEFORE_STORE();
  store_relaxed(address, width, value);
}

/*
 * Rising blocks run page by page: after a fault the rest of that page meets only the harmless
 * page, never the device, so one look at the flag per page is exact, and the fault's address
 * tells the element.
 */
static size_t elements_to_page_end(const volatile uint8_t *address, unsigned width, size_t count) {
  size_t page = pm_page_size();
  size_t room = (page - ((uintptr_t)address & (page - 1))) / width;
  return room < count ? room : count;
}

static size_t element_of(const struct pm_fault *fault, const volatile uint8_t *start,
                         unsigned width) {
  return (fault->address - (uintptr_t)start) / width;
}

/*
 * The width is decided outside the loop. What is private is copied by the same accessors: no load
 * of these functions then writes its base register back, and a test can say so.
 */
#define LOAD_LOOP(bits)                                                                            \
  {                                                                                                \
    for (size_t i = 0; i < count; i++)                                                             \
      pm_store##bits(out + i * (bits / 8), pm_load##bits(address + i * (bits / 8)));               \
    break;                                                                                         \
  }

/*
 * The usual width. Each word is loaded by itself, in ascending order, but two go into our own
 * memory by one store: CPUs make more loads than stores in a cycle, and so this takes half the
 * time.
 */
static void load_words(const volatile uint8_t *address, size_t count, uint8_t *out) {
  const volatile uint32_t *from = (const volatile uint32_t *)(const volatile void *)address;
  uint32_t *to = (uint32_t *)(void *)out;
  size_t i = 0;
#if PM_HAS_64BIT_ACCESS && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  for (; i + 4 <= count; i += 4) {
    uint64_t first = pm_load32(from + i);
    first |= (uint64_t)pm_load32(from + i + 1) << 32;
    uint64_t second = pm_load32(from + i + 2);
    second |= (uint64_t)pm_load32(from + i + 3) << 32;
    memcpy(to + i, &first, sizeof first);
    memcpy(to + i + 2, &second, sizeof second);
  }
#endif
  for (; i < count; i++)
    to[i] = pm_load32(from + i);
}

static void load_stretch(const volatile uint8_t *address, unsigned width, size_t count,
                         uint8_t *out) {
  switch (width) {
  case 1:
    LOAD_LOOP(8)
  case 2:
    LOAD_LOOP(16)
#if PM_HAS_64BIT_ACCESS
  case 8:
    LOAD_LOOP(64)
#endif
  default:
    load_words(address, count, out);
  }
}

#define STORE_LOOP(bits)                                                                           \
  {                                                                                                \
    for (size_t i = 0; i < count; i++)                                                             \
      pm_store##bits(address + i * (bits / 8), pm_load##bits(in + i * (bits / 8)));                \
    break;                                                                                         \
  }

static void store_stretch(volatile uint8_t *address, unsigned width, size_t count,
                          const uint8_t *in) {
  switch (width) {
  case 1:
    STORE_LOOP(8)
  case 2:
    STORE_LOOP(16)
#if PM_HAS_64BIT_ACCESS
  case 8:
    STORE_LOOP(64)
#endif
  default:
    STORE_LOOP(32)
  }
}

size_t pm_load_block(const volatile uint8_t *address, unsigned width, size_t count, bool fixed,
                     uint8_t *out, const struct pm_fault *fault) {
  size_t done = 0;
  if (fixed) {
    for (; done < count; done++) {
      uint64_t value = load_relaxed(address, width);
      if (*fault->flag)
        return done;
      store_relaxed(out + done * width, width, value);
    }
  }
  while (done < count) {
    const volatile uint8_t *at = address + done * width;
    size_t stretch = elements_to_page_end(at, width, count - done);
    load_stretch(at, width, stretch, out + done * width);
    if (*fault->flag)
      return element_of(fault, address, width);
    done += stretch;
  }
  PM_AFTER_LOAD();
  return count;
}

size_t pm_store_block(volatile uint8_t *address, unsigned width, size_t count, bool fixed,
                      const uint8_t *in, const struct pm_fault *fault) {
  size_t done = 0;
  PM_BEFORE_STORE();
  if (fixed) {
    for (; done < count; done++) {
      store_relaxed(address, width, load_relaxed(in + done * width, width));
      if (*fault->flag)
        return done;
    }
  }
  while (done < count) {
    volatile uint8_t *at = address + done * width;
    size_t stretch = elements_to_page_end(at, width, count - done);
    store_stretch(at, width, stretch, in + done * width);
    if (*fault->flag)
      return element_of(fault, address, width);
    done += stretch;
  }
  return count;
}

size_t pm_fill_block(volatile uint8_t *address, unsigned width, size_t count, uint64_t value,
                     const struct pm_fault *fault) {
  size_t done = 0;
  PM_BEFORE_STORE();
  while (done < count) {
    volatile uint8_t *at = address + done * width;
    size_t stretch = elements_to_page_end(at, width, count - done);
    for (size_t i = 0; i < stretch; i++)
      store_relaxed(at + i * width, width, value);
    if (*fault->flag)
      return element_of(fault, address, width);
    done += stretch;
  }
  return count;
}

#define EACH_LOOP(bits, result)                                                                    \
  {                                                                                                \
    for (size_t i = 0; i < count; i++) {                                                           \
      uint##bits##_t value = pm_load##bits(addresses[i]);                                          \
      PM_AFTER_LOAD();                                                                             \
      if (*flag)                                                                                   \
        return i;                                                                                  \
      result = value;                                                                              \
    }                                                                                              \
    return count;                                                                                  \
  }

size_t pm_load_cells(uint8_t *const *addresses, unsigned width, size_t count, uint64_t *cells,
                     const struct pm_fault *fault) {
  const volatile uint32_t *flag = fault->flag;
  switch (width) {
  case 1:
    EACH_LOOP(8, cells[2 * i])
  case 2:
    EACH_LOOP(16, cells[2 * i])
#if PM_HAS_64BIT_ACCESS
  case 8:
    EACH_LOOP(64, cells[2 * i])
#endif
  default:
    EACH_LOOP(32, cells[2 * i])
  }
}

size_t pm_load_words(uint8_t *const *addresses, unsigned width, size_t count, uint32_t *words,
                     const struct pm_fault *fault) {
  const volatile uint32_t *flag = fault->flag;
  switch (width) {
  case 1:
    EACH_LOOP(8, words[i])
  case 2:
    EACH_LOOP(16, words[i])
  default:
    EACH_LOOP(32, words[i])
  }
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool pm_delay(uint64_t ns, const struct pm_stop *stop) {
  uint64_t start = now_ns();
  for (;;) {
    if (stop->wanted(stop->data))
      return false;
    uint64_t passed = now_ns() - start;
    if (passed >= ns)
      return true;
    uint64_t left = ns - passed;
    struct timespec slice = {0, (long)(left < SLICE_NS ? left : SLICE_NS)};
    nanosleep(&slice, NULL);
  }
}

enum pm_wait_end pm_wait_look(const volatile void *address, struct pm_wait *wait,
                              const struct pm_fault *fault, uint64_t *last, uint64_t *elapsed_ns) {
  if (!wait->since_ns)
    wait->since_ns = now_ns();
  uint64_t before = now_ns() - wait->since_ns;
  uint64_t value = pm_load(address, wait->width);
  if (*fault->flag)
    return PM_WAIT_FAULT;
  *last = value;
  *elapsed_ns = now_ns() - wait->since_ns;
  if (((value & wait->mask) == wait->equals) != wait->negate)
    return PM_WAIT_MET;
  /* Time is up only when it was up before the load: the last look is never too early. */
  return before >= wait->timeout_ns ? PM_WAIT_TIMEOUT : PM_WAIT_UNMET;
}

/* Between two looks; false when the wait is to stop. */
static bool pause_wait(const struct pm_wait *wait, const struct pm_stop *stop,
                       uint64_t elapsed_ns) {
  if (stop->wanted(stop->data))
    return false;
  uint64_t pause = (uint64_t)wait->interval_us * 1000u;
  uint64_t left = elapsed_ns < wait->timeout_ns ? wait->timeout_ns - elapsed_ns : 0;
  return !pause || pm_delay(pause < left ? pause : left, stop);
}

enum pm_wait_end pm_wait(const volatile void *address, struct pm_wait *wait,
                         const struct pm_fault *fault, const struct pm_stop *stop, uint64_t *last,
                         uint64_t *elapsed_ns) {
  enum pm_wait_end end = PM_WAIT_UNMET;
  if (!wait->since_ns)
    end = pm_wait_look(address, wait, fault, last, elapsed_ns);
  while (end == PM_WAIT_UNMET) {
    if (!pause_wait(wait, stop, *elapsed_ns))
      return PM_WAIT_CANCELLED;
    end = pm_wait_look(address, wait, fault, last, elapsed_ns);
  }
  return end;
}
