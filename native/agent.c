#include "agent.h"

#include <string.h>
#include <unistd.h>

#include "agent_command.h"
#include "agent_error.h"
#include "agent_nearest.h"
#include "agent_output.h"
#include "agent_serial.h"
#include "agent_serve.h"
#include "agent_text.h"

#ifndef PHYSMEM_VERSION
#define PHYSMEM_VERSION "unknown"
#endif

static const struct agent_command *const commands[] = {
    &agent_devmem, &agent_read, &agent_write, &agent_wait, &agent_dump, &agent_fill,
};

#define COMMANDS (sizeof commands / sizeof *commands)

static const struct agent_command *find_command(const char *name) {
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

static bool is_help(const char *word) {
  return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int print(const char *text) {
  return agent_write_all(1, text, strlen(text)) ? AGENT_FAILED : AGENT_DONE;
}

static int print_help(void) {
  char bytes[1024];
  struct agent_text out = {.bytes = bytes, .room = sizeof bytes, .fd = 1};
  agent_add(&out,
            "Usage: physmem-agent COMMAND [options] ...\n\n"
            "Reads and writes physical memory and hardware registers at a shell of a board.\n"
            "Called by the name devmem it is that command, in place of the one of busybox.\n\n"
            "Commands:\n");
  for (size_t i = 0; i < COMMANDS; i++)
    agent_add(&out, "  %s %s\n", commands[i]->name, commands[i]->shape);
  agent_add(&out, "  serve [--serial DEVICE[,BAUD]]\n");
  agent_add(
      &out,
      "\nAddresses: 0xfed00000, 0xfed00000+0x10\n"
      "Bits:      ADDRESS:5, ADDRESS:7:4\n"
      "Ranges:    A..B (without B), A..+LENGTH\n"
      "Sizes:     4k, 1M, 2G\n\n"
      "Exit codes: 0 done, 1 failed or refused, 2 the command line is wrong, 3 the condition\n"
      "was not met\n");
  return agent_flush(&out) ? AGENT_DONE : AGENT_FAILED;
}

static int print_version(void) { return print(PHYSMEM_VERSION "\n"); }

static int serve(int count, char **words) {
  if (count == 3 && is_help(words[2]))
    return print(
        "Usage: physmem-agent serve [--serial DEVICE[,BAUD]]\n\n"
        "Serves a physmem on another machine, with all that this user may access: what it asks\n"
        "for comes on standard input, and answers go to standard output, or both over a serial\n"
        "line, for one client after the other. Ends when its input ends; over a line, never.\n\n"
        "Options:\n"
        "  --serial DEVICE[,BAUD]  a serial line, at 115200 baud when BAUD is left out\n"
        "  -h, --help              print this\n");
  if (count == 2 && !isatty(0) && !isatty(1))
    return agent_serve(0, 1);
  if (count == 4 && strcmp(words[2], "--serial") == 0)
    return agent_serve_serial(words[3]);
  if (count > 2)
    agent_refuse("serve takes nothing but --serial DEVICE[,BAUD]");
  else
    agent_refuse("serve exchanges frames, which a terminal cannot do");
  agent_advise("see physmem-agent --help");
  return agent_tell_error();
}

/* The other end of what `serve --serial` does, which physmem starts itself. */
static int join(int count, char **words) {
  if (count == 3 && is_help(words[2]))
    return print("Usage: physmem-agent join DEVICE[,BAUD] [SILENCE]\n\n"
                 "Joins standard input and output to an agent that serves at the other end of a\n"
                 "serial line, until SILENCE ms pass in which nothing is heard; 15000 when left\n"
                 "out. physmem --target serial:DEVICE starts it.\n");
  if (count == 3 || count == 4)
    return agent_join_serial(words[2], count == 4 ? words[3] : NULL);
  agent_refuse("join takes DEVICE[,BAUD], and how long nothing may be heard, in ms");
  agent_advise("see physmem-agent --help");
  return agent_tell_error();
}

/* Of two mistakes none is in the first letter, as in src/cli/frame/unknown-command.ts. */
static const char *name_near(const char *word) {
  const char *names[COMMANDS + 1] = {[COMMANDS] = "serve"};
  for (size_t i = 0; i < COMMANDS; i++)
    names[i] = commands[i]->name;
  const char *near = agent_nearest(word, names, COMMANDS + 1);
  return near && (*near == (*word | 0x20) || agent_edit_distance(word, near) < 2) ? near : NULL;
}

static void refuse_name(const char *word) {
  const char *near = name_near(word);
  if (near)
    agent_refuse("%s is not a command, did you mean %s?", agent_quote(word), near);
  else
    agent_refuse("%s is not a command", agent_quote(word));
}

static int refuse_command(const char *word) {
  if (!word)
    agent_refuse("no command is given");
  else if (*word == '-')
    agent_refuse("%s is not an option of physmem-agent (options of a command follow its name)",
                 agent_quote(word));
  else
    refuse_name(word);
  agent_advise("see physmem-agent --help");
  return agent_tell_error();
}

int agent_main(int count, char **words, char *const *environment, bool privileged) {
  const char *path = count > 0 ? words[0] : "";
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  const char *word = count > 1 ? words[1] : NULL;
  if (!agent_hold_descriptors())
    return AGENT_FAILED;
  agent_use_locale(environment);
  /* Whoever may run it could then reach all memory. */
  if (privileged) {
    agent_complain("it is set-uid, set-gid or has capabilities of its own: it runs only with the "
                   "rights of the user who starts it");
    return AGENT_FAILED;
  }
  if (strcmp(name, "devmem") == 0) {
    agent_name = "devmem";
    return agent_run_command(&agent_devmem, "devmem", words + 1, (unsigned)count - 1);
  }
  if (word && is_help(word))
    return print_help();
  if (word && strcmp(word, "--version") == 0)
    return print_version();
  if (word && strcmp(word, "serve") == 0)
    return serve(count, words);
  if (word && strcmp(word, "join") == 0)
    return join(count, words);
  const struct agent_command *command = word ? find_command(word) : NULL;
  if (!command)
    return refuse_command(word);
  char called[40];
  struct agent_text text = {.bytes = called, .room = sizeof called, .fd = -1};
  agent_add(&text, "physmem-agent %s", command->name);
  return agent_run_command(command, called, words + 2, (unsigned)count - 2);
}
