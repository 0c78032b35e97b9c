#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Slots are linked once and never freed, only reused, so that a handler on any thread may walk
 * the list at any time. `generation` is odd while a slot is being changed: a reader that sees it
 * odd or changed skips the slot, which cannot be its own, since a range is guarded before the
 * first access to it and until after the last.
 */
struct pm_guard_slot {
  atomic_uint generation;
  _Atomic(uintptr_t) start;
  _Atomic(uintptr_t) end;
  _Atomic(struct pm_fault *) fault;
  struct pm_guard_slot *next;      /* in the list of all slots; never changes */
  struct pm_guard_slot *next_free; /* in the list of free slots; under the lock */
};

static _Atomic(struct pm_guard_slot *) all_slots;
static struct pm_guard_slot *free_slots;
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction previous_bus;
static struct sigaction previous_segv;
static uintptr_t page_mask;

/* A guarded range; `fault` is NULL when there is none. */
struct guarded {
  uintptr_t start;
  uintptr_t end;
  struct pm_fault *fault;
};

static struct guarded find_guarded(uintptr_t address) {
  for (struct pm_guard_slot *slot = atomic_load(&all_slots); slot; slot = slot->next) {
    unsigned generation = atomic_load(&slot->generation);
    uintptr_t start = atomic_load(&slot->start);
    uintptr_t end = atomic_load(&slot->end);
    struct pm_fault *fault = atomic_load(&slot->fault);
    if ((generation & 1) || atomic_load(&slot->generation) != generation)
      continue;
    if (address >= start && address < end)
      return (struct guarded){start, end, fault};
  }
  return (struct guarded){0, 0, NULL};
}

static bool put_harmless_pages(uintptr_t start, uintptr_t end) {
  return mmap((void *)start, end - start, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

/* Does what would have happened without us. */
static void forward(int signal_number, siginfo_t *info, void *context) {
  const struct sigaction *previous = signal_number == SIGBUS ? &previous_bus : &previous_segv;
  bool sent_by_process = info->si_code <= 0;
  if (!(previous->sa_flags & SA_SIGINFO)) {
    if (previous->sa_handler == SIG_IGN && sent_by_process)
      return;
    if (previous->sa_handler == SIG_DFL || previous->sa_handler == SIG_IGN) {
      /* The kernel does not let a fault be ignored: with the default action back in place the
         instruction faults again and ends the process; a sent signal is sent once more. */
      struct sigaction standard = {.sa_handler = SIG_DFL};
      sigaction(signal_number, &standard, NULL);
      if (sent_by_process)
        raise(signal_number);
      return;
    }
  }
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &previous->sa_mask, &before);
  if (previous->sa_flags & SA_SIGINFO)
    previous->sa_sigaction(signal_number, info, context);
  else
    previous->sa_handler(signal_number);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void handle_fault(int signal_number, siginfo_t *info, void *context) {
  uintptr_t address = (uintptr_t)info->si_addr;
  struct guarded range = {0, 0, NULL};
  if (info->si_code > 0)
    range = find_guarded(address);
  struct pm_fault *fault = range.fault;
  /* The same fault again: the harmless page did not help, so the address is not to be trusted. */
  bool again = fault && *fault->flag != PM_NO_FAULT && fault->address == address;
  if (fault && !again) {
    int saved_errno = errno;
    uintptr_t page = address & page_mask;
    /* A mapping that cannot be divided, as of huge pages or of /dev/physmem, goes as a whole. */
    bool harmless = put_harmless_pages(page, page + ~page_mask + 1) ||
                    put_harmless_pages(range.start, range.end);
    errno = saved_errno;
    if (harmless) {
      fault->address = address;
      *fault->flag = signal_number == SIGBUS ? PM_FLAG_BUS : PM_FLAG_SEGV;
      return;
    }
  }
  forward(signal_number, info, context);
}

static void install_handlers(void) {
  page_mask = ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
  struct sigaction action = {.sa_sigaction = handle_fault,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous_bus);
  sigaction(SIGSEGV, &action, &previous_segv);
}

static struct pm_guard_slot *take_slot(void) {
  struct pm_guard_slot *slot = free_slots;
  if (slot) {
    free_slots = slot->next_free;
    return slot;
  }
  slot = calloc(1, sizeof *slot);
  if (!slot)
    return NULL;
  slot->next = atomic_load(&all_slots);
  atomic_store(&all_slots, slot);
  return slot;
}

static void set_slot(struct pm_guard_slot *slot, uintptr_t start, uintptr_t end,
                     struct pm_fault *fault) {
  atomic_fetch_add(&slot->generation, 1);
  atomic_store(&slot->start, start);
  atomic_store(&slot->end, end);
  atomic_store(&slot->fault, fault);
  atomic_fetch_add(&slot->generation, 1);
}

struct pm_guard_slot *pm_guard_add(void *start, size_t length, struct pm_fault *fault) {
  static bool installed;
  pthread_mutex_lock(&slots_lock);
  if (!installed) {
    install_handlers();
    installed = true;
  }
  struct pm_guard_slot *slot = take_slot();
  if (slot)
    set_slot(slot, (uintptr_t)start, (uintptr_t)start + length, fault);
  pthread_mutex_unlock(&slots_lock);
  return slot;
}

void pm_guard_remove(struct pm_guard_slot *slot) {
  pthread_mutex_lock(&slots_lock);
  set_slot(slot, 0, 0, NULL);
  slot->next_free = free_slots;
  free_slots = slot;
  pthread_mutex_unlock(&slots_lock);
}
