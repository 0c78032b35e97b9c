/* Texts that the agent makes: messages, and what it prints. */
#ifndef PHYSMEM_AGENT_TEXT_H
#define PHYSMEM_AGENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A text under way. When its room is used up it goes to `fd`, or where that is -1 what does not fit
 * is left out. A text without an `fd` always ends with a 0.
 */
struct agent_text {
  char *bytes;
  size_t room; /* at least 1 */
  size_t used;
  int fd;
  int failed; /* the errno of a write() that was refused, or 0 */
};

/* Appends, by these of printf: %s %.*s %c %d %u %lu %llu %x %lx %llx, with widths and zeros. */
__attribute__((format(printf, 2, 3))) void agent_add(struct agent_text *text, const char *format,
                                                     ...);
void agent_add_list(struct agent_text *text, const char *format, __builtin_va_list values);
void agent_add_bytes(struct agent_text *text, const char *bytes, size_t count);

/* Appends another text, and blanks behind it where it is shorter than `width`. */
void agent_add_padded(struct agent_text *text, const struct agent_text *part, size_t width);

/* Writes out what there is. False when that was refused, now or before. */
bool agent_flush(struct agent_text *text);

/* Writes all bytes. Returns 0 or an errno. */
int agent_write_all(int fd, const void *bytes, size_t count);

/* Whether readers take more than ASCII: by LC_ALL, LC_CTYPE or LANG, the first that is not empty.
 */
void agent_use_locale(char *const *environment);

/*
 * The text as one readable line, as a message shows it: a long middle is cut out, and what a
 * terminal would act on is shown as \u{1b}. `quote` is the same between quotes. What they return
 * is good until the fourth call after it.
 */
const char *agent_clip(const char *text);
const char *agent_quote(const char *text);

/* `EPERM`; `errno 200` for one that the agent does not know by name. */
const char *agent_errno_name(int number);

#endif
