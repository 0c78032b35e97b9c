#define _GNU_SOURCE
#include "agent_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* asm-generic/ioctls.h and termbits.h; those of <termios.h> have fewer rates. */
#define GET_SETTINGS 0x802c542aul /* TCGETS2 */
#define SET_SETTINGS 0x402c542bul /* TCSETS2 */
#define IGNORE_BREAK 1u
#define IGNORE_PARITY 4u
#define RATE_BITS 0x100fu     /* CBAUD */
#define INPUT_RATE_SHIFT 16   /* IBSHIFT */
#define OTHER_RATE 0x1000u    /* BOTHER: the number is in the struct */
#define EIGHT_BITS 0x30u      /* CS8 */
#define RECEIVE 0x80u         /* CREAD */
#define HANG_UP 0x400u        /* HUPCL */
#define NO_MODEM_LINES 0x800u /* CLOCAL */
#define LEAST_BYTES 6         /* VMIN */

_Static_assert(sizeof(struct agent_tty_settings) == 44, "the kernel's struct termios2");

static int get_settings(int fd, struct agent_tty_settings *settings) {
  return ioctl(fd, GET_SETTINGS, settings) ? errno : 0;
}

static int set_settings(int fd, const struct agent_tty_settings *settings) {
  return ioctl(fd, SET_SETTINGS, settings) ? errno : 0;
}

static int set_raw(struct agent_tty *tty, uint32_t baud) {
  struct agent_tty_settings raw = tty->before;
  raw.input = IGNORE_BREAK | IGNORE_PARITY;
  raw.output = raw.local = 0;
  raw.control = OTHER_RATE | OTHER_RATE << INPUT_RATE_SHIFT | EIGHT_BITS | RECEIVE |
                NO_MODEM_LINES | (tty->before.control & HANG_UP);
  raw.discipline = 0;
  memset(raw.letters, 0, sizeof raw.letters);
  raw.letters[LEAST_BYTES] = 1;
  raw.input_baud = raw.output_baud = baud;
  int error = set_settings(tty->fd, &raw);
  if (!error)
    error = get_settings(tty->fd, &raw);
  /* The kernel says what the device really does: a receiver takes some percent off. */
  uint32_t off = raw.output_baud > baud ? raw.output_baud - baud : baud - raw.output_baud;
  if (!error && off > baud / 32)
    error = EINVAL;
  if (error)
    set_settings(tty->fd, &tty->before);
  return error;
}

/* TIOCEXCL keeps others from opening it, but root; the lock keeps root's programs that ask. */
static int take(struct agent_tty *tty, uint32_t baud) {
  if (flock(tty->fd, LOCK_EX | LOCK_NB))
    return errno == EAGAIN ? EBUSY : errno;
  int error = get_settings(tty->fd, &tty->before);
  if (error)
    return error;
  if (ioctl(tty->fd, TIOCEXCL))
    return errno;
  error = set_raw(tty, baud);
  if (error)
    ioctl(tty->fd, TIOCNXCL);
  return error;
}

int agent_tty_open(struct agent_tty *tty, const char *path, uint32_t baud) {
  tty->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (tty->fd < 0)
    return errno;
  int error = isatty(tty->fd) ? take(tty, baud) : ENOTTY;
  if (error)
    close(tty->fd);
  return error;
}

void agent_tty_close(struct agent_tty *tty) {
  set_settings(tty->fd, &tty->before);
  ioctl(tty->fd, TIOCNXCL);
  close(tty->fd);
}
