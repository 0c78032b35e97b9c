#define _GNU_SOURCE
#include "agent_text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "agent_stop.h"

int agent_write_all(int fd, const void *bytes, size_t count) {
  const char *from = bytes;
  while (count) {
    ssize_t written = write(fd, from, count);
    if (written < 0 && (errno != EINTR || agent_stop))
      return errno;
    if (written > 0) {
      from += written;
      count -= (size_t)written;
    }
  }
  return 0;
}

bool agent_flush(struct agent_text *text) {
  if (text->fd >= 0 && !text->failed)
    text->failed = agent_write_all(text->fd, text->bytes, text->used);
  if (text->fd >= 0)
    text->used = 0;
  return !text->failed;
}

void agent_add_bytes(struct agent_text *text, const char *bytes, size_t count) {
  size_t most = text->room - (text->fd < 0);
  for (size_t i = 0; i < count; i++) {
    if (text->used == most) {
      if (text->fd < 0)
        break;
      agent_flush(text);
    }
    text->bytes[text->used++] = bytes[i];
  }
  if (text->fd < 0)
    text->bytes[text->used] = 0;
}

static void add_number(struct agent_text *text, unsigned long long value, unsigned base,
                       size_t width, char fill) {
  char digits[24];
  size_t at = sizeof digits;
  do {
    digits[--at] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value);
  for (size_t length = sizeof digits - at; length < width; width--)
    agent_add_bytes(text, &fill, 1);
  agent_add_bytes(text, digits + at, sizeof digits - at);
}

void agent_add_list(struct agent_text *text, const char *format, va_list values) {
  for (;;) {
    const char *plain = format;
    while (*format && *format != '%')
      format++;
    agent_add_bytes(text, plain, (size_t)(format - plain));
    if (!*format++)
      return;
    char fill = *format == '0' ? '0' : ' ';
    size_t width = 0, most = SIZE_MAX;
    unsigned longs = 0;
    if (*format == '*') {
      width = (size_t)va_arg(values, int);
      format++;
    } else if (format[0] == '0' && format[1] == '*') {
      width = (size_t)va_arg(values, int);
      format += 2;
    }
    for (; *format >= '0' && *format <= '9'; format++)
      width = width * 10 + (size_t)(*format - '0');
    if (format[0] == '.' && format[1] == '*') {
      most = (size_t)va_arg(values, int);
      format += 2;
    }
    for (; *format == 'l'; format++)
      longs++;
    switch (*format++) {
    case 's': {
      const char *string = va_arg(values, const char *);
      size_t length = 0;
      while (length < most && string[length])
        length++;
      agent_add_bytes(text, string, length);
      break;
    }
    case 'c': {
      char letter = (char)va_arg(values, int);
      agent_add_bytes(text, &letter, 1);
      break;
    }
    case 'd':
      add_number(text, (unsigned)va_arg(values, int), 10, width, fill);
      break;
    default: {
      unsigned long long value = longs == 0   ? va_arg(values, unsigned)
                                 : longs == 1 ? va_arg(values, unsigned long)
                                              : va_arg(values, unsigned long long);
      add_number(text, value, format[-1] == 'x' ? 16 : 10, width, fill);
      break;
    }
    }
  }
}

void agent_add(struct agent_text *text, const char *format, ...) {
  va_list values;
  va_start(values, format);
  agent_add_list(text, format, values);
  va_end(values);
}

void agent_add_padded(struct agent_text *text, const struct agent_text *part, size_t width) {
  agent_add_bytes(text, part->bytes, part->used);
  for (size_t at = part->used; at < width; at++)
    agent_add_bytes(text, " ", 1);
}

static bool takes_unicode;

static const char *value_of(char *const *environment, const char *name) {
  size_t length = strlen(name);
  for (; *environment; environment++)
    if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
      return *environment + length + 1;
  return "";
}

void agent_use_locale(char *const *environment) {
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  const char *locale = "";
  for (size_t i = 0; i < 3 && !*locale; i++)
    locale = value_of(environment, names[i]);
  for (; *locale; locale++)
    if (strncmp(locale, "UTF-8", 5) == 0 || strncmp(locale, "utf-8", 5) == 0 ||
        strncmp(locale, "utf8", 4) == 0 || strncmp(locale, "UTF8", 4) == 0)
      takes_unicode = true;
}

/* The bytes of the character that begins here; `code` becomes its number, U+FFFD of what is none.
 */
static size_t read_character(const char *text, uint32_t *code) {
  const uint8_t *bytes = (const uint8_t *)text;
  size_t more = bytes[0] < 0xc2 ? 0 : bytes[0] < 0xe0 ? 1 : bytes[0] < 0xf0 ? 2 : 3;
  *code = bytes[0];
  if (bytes[0] < 0x80)
    return 1;
  *code = bytes[0] & (0x3f >> more);
  for (size_t i = 1; i <= more; i++) {
    if ((bytes[i] & 0xc0) != 0x80)
      more = 0;
    else
      *code = *code << 6 | (bytes[i] & 0x3f);
  }
  if (!more || bytes[0] > 0xf4)
    *code = 0xfffd;
  return *code == 0xfffd ? 1 : more + 1;
}

/* Control characters, and what no one sees: a zero-width space, a change of direction. */
static bool is_unseen(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad ||
         (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

#define LONGEST 80u
#define CLIPPED_BYTES (LONGEST * 10)

static size_t characters_of(const char *text) {
  size_t count = 0;
  uint32_t code;
  for (; *text; count++)
    text += read_character(text, &code);
  return count;
}

static void add_clipped(struct agent_text *to, const char *text, bool quoted) {
  size_t count = characters_of(text);
  size_t half = LONGEST / 2 - 1;
  uint32_t code;
  for (size_t at = 0; *text; at++) {
    size_t bytes = read_character(text, &code);
    bool cut = count > LONGEST && at >= half && at < count - half;
    if (cut && at == half)
      agent_add(to, takes_unicode ? "\xe2\x80\xa6" : "...");
    else if (!cut && is_unseen(code))
      agent_add(to, "\\u{%x}", code);
    else if (!cut && code == 0xfffd)
      agent_add(to, "\xef\xbf\xbd");
    else if (!cut && quoted && code == '"')
      agent_add(to, "\\\"");
    else if (!cut)
      agent_add_bytes(to, text, bytes);
    text += bytes;
  }
}

static const char *clipped(const char *text, bool quoted) {
  static char rooms[4][CLIPPED_BYTES];
  static unsigned turn;
  struct agent_text to = {.bytes = rooms[turn++ % 4], .room = CLIPPED_BYTES, .fd = -1};
  if (quoted)
    agent_add(&to, "\"");
  add_clipped(&to, text, quoted);
  if (quoted)
    agent_add(&to, "\"");
  to.bytes[to.used] = 0;
  return to.bytes;
}

const char *agent_clip(const char *text) { return clipped(text, false); }

const char *agent_quote(const char *text) { return clipped(text, true); }

#define NAMED(name)                                                                                \
  { name, #name }

static const struct {
  int number;
  const char *name;
} errno_names[] = {
    NAMED(EPERM),   NAMED(ENOENT),    NAMED(ESRCH),  NAMED(EINTR),        NAMED(EIO),
    NAMED(ENXIO),   NAMED(EBADF),     NAMED(EAGAIN), NAMED(ENOMEM),       NAMED(EACCES),
    NAMED(EFAULT),  NAMED(EBUSY),     NAMED(EEXIST), NAMED(ENODEV),       NAMED(ENOTDIR),
    NAMED(EISDIR),  NAMED(EINVAL),    NAMED(ENFILE), NAMED(EMFILE),       NAMED(ENOTTY),
    NAMED(EFBIG),   NAMED(ETXTBSY),   NAMED(ENOSPC), NAMED(ESPIPE),       NAMED(EROFS),
    NAMED(EPIPE),   NAMED(ERANGE),    NAMED(ENOSYS), NAMED(ELOOP),        NAMED(EOVERFLOW),
    NAMED(ENODATA), NAMED(ETIMEDOUT), NAMED(ESTALE), NAMED(ENAMETOOLONG), NAMED(EOPNOTSUPP),
};

const char *agent_errno_name(int number) {
  static char unknown[24];
  for (size_t i = 0; i < sizeof errno_names / sizeof *errno_names; i++)
    if (errno_names[i].number == number)
      return errno_names[i].name;
  struct agent_text to = {.bytes = unknown, .room = sizeof unknown, .fd = -1};
  agent_add(&to, "errno %d", number);
  return unknown;
}
