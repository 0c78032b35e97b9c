/* `dump RANGE`: src/cli/commands/dump.ts; rows as src/cli/views/format/hex-view.ts. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_command.h"
#include "agent_error.h"
#include "agent_memory.h"
#include "agent_output.h"
#include "agent_show.h"
#include "agent_stop.h"

/* How much is shown from an address on. */
#define SHOWN_BYTES 256u
/* What one program reads; a multiple of a row and of all widths. */
#define CHUNK_BYTES (32u * 1024)
#define ROW_BYTES 16u

struct view {
  const struct agent_options *options;
  struct agent_text out;
  unsigned digits;
  uint8_t last[ROW_BYTES];
  bool has_last, collapsed;
};

static void add_values(struct view *view, const uint8_t *bytes, size_t count) {
  unsigned size = view->options->width / 8;
  for (size_t at = 0; at < count; at += size) {
    if (at)
      agent_add(&view->out, size == 1 && at == ROW_BYTES / 2 ? "  " : " ");
    for (unsigned i = size; i > 0; i--)
      agent_add(&view->out, "%02x", bytes[at + i - 1]);
  }
}

/* How many columns `count` bytes take. */
static size_t columns_of(const struct view *view, size_t count) {
  unsigned size = view->options->width / 8;
  size_t elements = count / size;
  return elements * (2 * size + 1) - 1 + (size == 1 && count > ROW_BYTES / 2);
}

static void add_row(struct view *view, uint64_t address, const uint8_t *bytes, size_t count) {
  const struct agent_options *options = view->options;
  bool collapses = !options->no_collapse && !options->quiet;
  if (collapses && view->has_last && count == ROW_BYTES && !memcmp(view->last, bytes, ROW_BYTES)) {
    if (!view->collapsed)
      agent_add(&view->out, "*\n");
    view->collapsed = true;
    return;
  }
  view->collapsed = false;
  view->has_last = count == ROW_BYTES;
  memcpy(view->last, bytes, count);
  if (options->quiet) {
    add_values(view, bytes, count);
    agent_add(&view->out, "\n");
    return;
  }
  agent_add(&view->out, "%s0x%0*llx  ", options->fixed ? "+" : "", (int)view->digits,
            (unsigned long long)address);
  add_values(view, bytes, count);
  for (size_t at = columns_of(view, count); at < columns_of(view, ROW_BYTES); at++)
    agent_add(&view->out, " ");
  agent_add(&view->out, "  |");
  for (size_t at = 0; at < count; at++)
    agent_add(&view->out, "%c", bytes[at] >= 0x20 && bytes[at] < 0x7f ? bytes[at] : '.');
  agent_add(&view->out, "|\n");
}

/* Where rows were left out at the end, the address behind them. */
static void end_view(struct view *view, uint64_t address) {
  if (view->collapsed && !view->options->quiet)
    agent_add(&view->out, "%s0x%0*llx\n", view->options->fixed ? "+" : "", (int)view->digits,
              (unsigned long long)address);
  agent_flush(&view->out);
}

/* A dump under way. */
struct dump {
  const struct agent_options *options;
  struct agent_place range;
  int fd;       /* where raw bytes go; -1 when rows are shown */
  bool regular; /* it is a file, whose content is thrown away when the first bytes come */
  bool emptied;
  uint64_t before; /* bytes that it had */
  struct view view;
  uint64_t done; /* bytes */
};

static int put(struct dump *dump, const uint8_t *bytes, size_t count) {
  if (dump->fd >= 0) {
    if (count && dump->regular && !dump->emptied && ftruncate(dump->fd, 0))
      return errno;
    dump->emptied = dump->emptied || count;
    return agent_write_all(dump->fd, bytes, count);
  }
  uint64_t start = dump->options->fixed ? dump->done : dump->range.address + dump->done;
  for (size_t at = 0; at < count; at += ROW_BYTES) {
    size_t left = count - at;
    add_row(&dump->view, start + at, bytes + at, left < ROW_BYTES ? left : ROW_BYTES);
  }
  agent_flush(&dump->view.out);
  return dump->view.out.failed;
}

/* What became of the bytes: those of a device are not in it. */
static const char *in_or_to(const struct dump *dump) {
  if (dump->regular)
    return dump->done == 1 ? "is in" : "are in";
  return dump->done == 1 ? "was written to" : "were written to";
}

static void tell_file(const struct dump *dump) {
  unsigned long long bytes = dump->done, first = dump->range.address;
  char range[48];
  struct agent_text which = {.bytes = range, .room = sizeof range, .fd = -1};
  *range = 0;
  if (bytes && !dump->options->fixed)
    agent_add(&which, " (0x%08llx to 0x%08llx)", first, first + bytes - 1);
  agent_tell_done("%llu byte%s%s %s %s", bytes, bytes == 1 ? "" : "s", range, in_or_to(dump),
                  agent_clip(dump->options->output));
}

static void tell_fate(const struct dump *dump) {
  unsigned long long bytes = dump->done;
  const char *are = bytes == 1 ? " is" : "s are";
  if (dump->fd == 1)
    agent_tell_done("%llu byte%s written", bytes, are);
  else if (dump->fd >= 0 && !dump->emptied)
    agent_tell_done("nothing was read; %s is %s", agent_clip(dump->options->output),
                    dump->before ? "as it was" : "empty");
  else if (dump->fd >= 0)
    tell_file(dump);
  else
    agent_tell_done("%llu byte%s shown", bytes, are);
}

static bool pump(struct dump *dump, struct agent_memory *memory) {
  const struct agent_options *options = dump->options;
  unsigned size = options->width / 8;
  struct agent_plan plan;
  uint64_t length = dump->range.length;
  uint32_t room = length < CHUNK_BYTES ? (uint32_t)length : CHUNK_BYTES;
  if (!agent_plan_begin(&plan, 1, (room + 7) & ~7u))
    return false;
  struct pm_step *step = agent_plan_add(&plan, PM_READ_BLOCK, dump->range.address, options->width);
  step->flags = options->fixed ? PM_FLAG_FIXED : 0;
  while (dump->done < length) {
    uint64_t left = length - dump->done;
    step->count = (uint32_t)(left < CHUNK_BYTES ? left : CHUNK_BYTES) / size;
    step->address = dump->range.address + (options->fixed ? 0 : dump->done);
    bool good = agent_plan_run(&plan, memory);
    uint32_t bytes = (good ? step->count : plan.outcome.elements) * size;
    int error = put(dump, plan.data, bytes);
    dump->done += error ? 0 : bytes;
    if (good && error == EINTR)
      good = agent_fail("stopped (%s)", agent_stopper());
    else if (good && error)
      good = dump->fd > 1 ? agent_fail_file(options->output, error) : agent_fail_output(error);
    if (!good) {
      tell_fate(dump);
      return false;
    }
  }
  return true;
}

/* Its content stays until there is something in its place. */
static bool open_output(struct dump *dump, const struct agent_memory *memory) {
  const char *path = dump->options->output;
  struct stat status, source;
  dump->fd = path ? 1 : -1;
  if (!path || agent_is_standard_output(path))
    return true;
  dump->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (dump->fd < 0 || fstat(dump->fd, &status) || fstat(memory->fd, &source))
    return agent_fail_file(path, errno);
  if (status.st_dev == source.st_dev && status.st_ino == source.st_ino)
    return agent_refuse("%s is what is dumped: write to another file", agent_clip(path));
  dump->regular = S_ISREG(status.st_mode);
  dump->before = (uint64_t)status.st_size;
  return true;
}

/* What is dumped with accesses of this width. */
static struct agent_place parsed;
static unsigned asked_width;

static bool parse(const char *text) { return agent_parse_range_or_place(text, &parsed); }

static bool fit(const char *text) {
  return parse(text) && agent_check_aligned(parsed.address, asked_width, 0, "use --width") &&
         agent_check_whole(parsed.length, asked_width, text);
}

static bool run(const struct agent_options *options, char *const *words, unsigned count,
                int *code) {
  static char room[4096];
  struct agent_memory memory;
  struct dump dump = {.options = options};
  (void)count;
  *code = AGENT_DONE;
  asked_width = options->width;
  if (!agent_fitting(words[0], parse, fit))
    return false;
  dump.range = parsed;
  if (!agent_check_aligned(dump.range.address, options->width, 0, "use --width"))
    return false;
  uint64_t address = dump.range.address;
  if (!agent_refuse_open_range(&dump.range, words[0]))
    return false;
  if (options->output && !*options->output)
    return agent_malformed(options->output, "a path", "it is empty");
  if (!dump.range.length && (options->fixed || options->output))
    return agent_malformed(
        words[0], "a range", "%sexpected A..B or A..+LENGTH, such as 0x%llx..+0x100",
        options->fixed ? "--fixed reads the place as often as a range says, " : "",
        (unsigned long long)address);
  if (!dump.range.length)
    dump.range.length =
        AGENT_ADDRESS_LIMIT - address < SHOWN_BYTES ? AGENT_ADDRESS_LIMIT - address : SHOWN_BYTES;
  if (!agent_check_whole(dump.range.length, options->width, words[0]) ||
      !agent_open(&memory, options->memory, false))
    return false;
  uint64_t bytes = options->fixed ? options->width / 8 : dump.range.length;
  if (!agent_check_inside(&memory, address, bytes) || !open_output(&dump, &memory))
    return false;
  uint64_t end = options->fixed ? dump.range.length : address + dump.range.length;
  dump.view = (struct view){.options = options,
                            .out = {.bytes = room, .room = sizeof room, .fd = 1},
                            .digits = agent_address_digits(end - 1)};
  /* Of one register that is read again and again, what it gave is told by offsets. */
  if (dump.fd < 0 && options->fixed && !options->quiet)
    agent_add(&dump.view.out, "0x%llx..+0x%llx\n", (unsigned long long)address,
              (unsigned long long)dump.range.length);
  bool good = pump(&dump, &memory);
  if (dump.fd < 0)
    end_view(&dump.view, (options->fixed ? 0 : address) + dump.done);
  if (good && dump.fd < 0 && dump.view.out.failed)
    return agent_fail_output(dump.view.out.failed);
  if (!good || dump.fd <= 1 || options->quiet)
    return good;
  agent_add(&dump.view.out, "%llu byte%s from 0x%08llx %s %s\n", (unsigned long long)dump.done,
            dump.done == 1 ? "" : "s", (unsigned long long)address, in_or_to(&dump),
            agent_clip(options->output));
  return agent_end_output(&dump.view.out);
}

const struct agent_command agent_dump = {
    .name = "dump",
    .options = AGENT_ACCESSES | AGENT_HAS_WIDTH | AGENT_DUMPS,
    .shape = "RANGE|PLACE",
    .first = "a RANGE or a PLACE",
    .example = "0x09000000..+4k",
    .most_words = 1,
    .run = run,
    .meaning = "Shows a range (A..B, A..+LENGTH), or 256 bytes from an address on, in rows; with\n"
               "--output raw bytes go to a file, or with - to standard output.",
    .notes =
        "Every element is read once, with one access of --width bits. At the first access that\n"
        "fails the dump stops (exit 1) and says how far it came.",
};
