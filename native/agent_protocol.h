/*
 * What `physmem-agent serve` speaks on its standard input and output: frames of bytes,
 * little-endian, of which each begins with a struct pm_frame. The client asks; every request but
 * PM_ASK_CANCEL gets an answer of its `id`, in the order of the requests: one, but for
 * PM_ASK_STREAM. Answers begin with an int32: 0, or the errno with which the system refused, and
 * then nothing follows. A request of an unknown kind, or whose contents do not fit its length, is
 * answered with EBADMSG, and nothing is done; a frame that is longer than PM_FRAME_MOST ends the
 * agent with exit code 2, since nobody knows where the next one begins. The end of the input ends
 * what runs, and the agent.
 *
 * Before the first frame the agent writes PM_AGENT_MARK, so that what a shell printed before it is
 * passed over, and a struct pm_hello.
 *
 * The agent holds no more than 1 MiB, besides what it maps of memories.
 */
#ifndef PHYSMEM_AGENT_PROTOCOL_H
#define PHYSMEM_AGENT_PROTOCOL_H

#include <stdint.h>

/* Eight bytes, none of them text of a terminal. */
#define PM_AGENT_MARK "\x00\xffPMAG\xff\x01"
#define PM_AGENT_MARK_BYTES 8u

#define PM_AGENT_VERSION 3u

/* Of a frame's payload: the most that either side takes. */
#define PM_FRAME_MOST (128u << 10)

/* The most nodes that are open, and memories over them, at one time; more is EMFILE. */
#define PM_NODES_MOST 32u
#define PM_MEMORIES_MOST 16u

struct pm_hello {
  uint32_t version;
  uint32_t page_size;
  uint32_t abilities;  /* enum pm_ability */
  uint32_t uid;        /* effective */
  uint32_t frame_most; /* PM_FRAME_MOST of the agent */
  /* Bytes of the smallest line of the data caches; 0 where the CPU keeps them for the kernel. */
  uint32_t cache_line_bytes;
  char cpu[16]; /* as Node names it: x64, arm64, arm, riscv64; filled with zeros */
  /* The instructions that clean and flush a line, as cache.h names them; zeros without any. */
  char clean[16];
  char flush[16];
};

enum pm_ability {
  PM_HAS_ACCESS_64 = 1, /* this CPU makes single accesses of 64 bits */
  PM_HAS_CACHE_LINES = 2,
};

struct pm_frame {
  uint32_t bytes; /* of the payload behind this struct */
  uint32_t kind;  /* enum pm_ask; of an answer that of its request */
  uint32_t id;    /* the client's */
  uint32_t zero;
};

enum pm_ask {
  /*
   * uint32 count, then each: uint32 what (enum pm_look), uint32 most (bytes of PM_LOOK_BYTES, the
   * offset of PM_LOOK_WORD), uint32 path_bytes, the path without a zero behind it.
   * Answer: int32 0, uint32 answered, then each of these: int32 errno, uint32 bytes, data. As many
   * as fit into the answer, at least one: the client asks for the rest again. Of the first, a file
   * is cut off where the answer ends, and a folder that has more is EOVERFLOW. Nothing is waited
   * for: a file that would wait is read as far as it comes. Only regular files are read, and of
   * devices /dev/kmsg alone; the others are ENODEV, and are not opened.
   */
  PM_ASK_LOOK = 1,
  /* uint32 flags (enum pm_open), uint32 path_bytes, the path. Answer: int32 errno, uint32 node,
   * struct pm_node_status. Nothing of it is read, written or mapped. */
  PM_ASK_OPEN = 2,
  /* uint32 node. Answer: int32 0. Memories over it go with it. */
  PM_ASK_CLOSE = 3,
  /* uint32 node, uint32 flags (enum pm_memory_flag), uint64 base (a multiple of 8),
   * uint64 length: as pm_memory_create() takes them. Answer: int32 errno, uint32 memory. */
  PM_ASK_MEMORY = 4,
  /* uint32 memory. Answer: int32 0. */
  PM_ASK_FORGET = 5,
  /* uint32 memory, uint32 flags (enum pm_run_flag), the binary form of a program. Answer: int32 0,
   * uint32 0, struct pm_told, two uint64 a step, the program's output bytes. A program whose answer
   * would be longer than PM_FRAME_MOST is PM_BAD_PROGRAM. */
  PM_ASK_RUN = 6,
  /* The same, of pm_prepare(): without results, and PM_RUN_PACKED alone of the flags. */
  PM_ASK_PREPARE = 7,
  /*
   * uint32 id: ends the run or stream of that id, now or before it begins, if it is not done. No
   * answer of its own. It is seen among the next 64 KiB behind the request that it ends.
   */
  PM_ASK_CANCEL = 8,
  /* uint32 node, uint32 bytes, uint64 offset. Answer: int32 errno, uint32 bytes, what one pread()
   * gave. */
  PM_ASK_READ = 9,
  /* uint32 node, uint32 bytes, uint64 offset, the bytes. Answer: int32 errno, uint32 bytes: what
   * one pwrite() took. */
  PM_ASK_WRITE = 10,
  /*
   * uint32 memory, uint32 width (bytes of an element), uint32 flags (PM_FLAG_FIXED, PM_FLAG_SKIP,
   * and PM_STREAM_BEHIND), uint32 0, uint64 address, uint64 elements: reads all of them, in pieces.
   * Answers, as many as it takes: int32 0, uint32 more (1: another follows), struct pm_told (of the
   * piece's one step, a read block), uint32 elements of the piece, uint32 0, and its data: the
   * elements that were read, with PM_FLAG_SKIP all and what was passed over (engine.h). The first
   * piece that fails is the last.
   */
  PM_ASK_STREAM = 11,
  /*
   * uint32 node, uint32 0, uint64 first, uint64 count, uint64 mask: the 64-bit words of an open
   * file from word `first` on, without those that have no bit of the mask: page tables of
   * processes, and what is known of frames. Answer: int32 errno, uint32 ended (1: the file has no
   * more), uint64 walked, then runs to its end: uint32 words that are left out before the run,
   * uint32 count of its words, at least 1, and the words. `walked` is how many words it tells of,
   * those that are left out too: fewer than asked for where the file ends, where no more fit, and
   * behind 1 Mi that were read; the client asks for the rest again.
   */
  PM_ASK_WORDS = 12,
  /* uint32 node, uint32 0, uint64 start, uint64 end, uint64 categories: of an open pagemap, by the
   * ioctl PAGEMAP_SCAN of Linux 6.7. Answer: int32 errno, uint32 found: whether a page of [start,
   * end) is of one of these categories. */
  PM_ASK_SCAN = 13,
  /*
   * uint32 what (enum pm_port), uint32 port, uint32 bytes, uint32 value (0 but for PM_PORT_OUT):
   * I/O ports of x86. The agent asks the system for just the ports that are named, each time, and
   * then makes one access of 1, 2 or 4 bytes, naturally aligned, or none. Answer: int32 errno,
   * uint32 value: what was read, otherwise 0. ENOSYS on a CPU that has no ports.
   */
  PM_ASK_PORT = 14,
  /*
   * uint32 wait_ms (at most PM_LOCK_WAIT_MOST), uint32 count (1 to PM_LOCKS_MOST), then each:
   * uint32 path_bytes, the path. Takes advisory locks, by flock(), of these files, in this order,
   * besides those that the client has; each is waited for by itself. A file that is not there is
   * made, with mode 0644; a link is not followed, and a file of a user besides root and the agent's
   * not trusted. Answer: int32 errno, uint32 tried, then each of these: uint32 enum pm_lock, uint32
   * detail. The first that is PM_LOCK_HELD is the last that is tried: the client is locked out,
   * more locks are EBUSY, and so are programs with PM_RUN_LOCKED, until PM_ASK_UNLOCK.
   */
  PM_ASK_LOCK = 15,
  /* Nothing. Leaves all locks of the client; the files stay. Answer: int32 0. */
  PM_ASK_UNLOCK = 16,
  /*
   * uint32 node, uint32 what (enum pm_i2c), uint32 address (of a device, at most 0x7f), uint32
   * out_bytes, uint32 in_bytes, the bytes that go out: at most one transaction on the bus of a
   * /dev/i2c-N. Answer: int32 errno, uint32 of the transaction: 0 or its errno, uint32 value,
   * uint32 in_bytes, what came in: in_bytes of a transaction that was made, otherwise none. ENODEV
   * where the node is another one.
   */
  PM_ASK_I2C = 17,
  /*
   * uint32 minor, at most 15: whether the kernel has the memory device 1:minor, by a node that is
   * made for that in /tmp, opened for reading, and removed at once. Answer: int32 0, uint32 made (0
   * where none can be made), uint32 0 or the errno with which it does not open.
   */
  PM_ASK_FRESH_NODE = 18,
};

enum pm_i2c {
  /* No transaction. The value is what the adapter can (I2C_FUNC_*); the address is 0. */
  PM_I2C_FUNCTIONS = 1,
  /* No transaction. EBUSY where a driver of the kernel has the device; so it is of the next two. */
  PM_I2C_SELECT = 2,
  /* One of I2C: 1 to 32 bytes out, and up to 32 in, behind a repeated start. */
  PM_I2C_TRANSFER = 3,
  /* One of SMBus: a command goes out, and then 1 or 2 bytes go out or come in. */
  PM_I2C_SMBUS = 4,
};

/* The most that each lock is waited for, and the most locks of a client; more is EMFILE. */
#define PM_LOCK_WAIT_MOST 60000u
#define PM_LOCKS_MOST 256u

enum pm_lock {
  PM_LOCK_TAKEN = 1,
  PM_LOCK_HELD = 2,      /* by another, all the time */
  PM_LOCK_FOREIGN = 3,   /* the file belongs to another user: detail is its uid */
  PM_LOCK_NO_FILE = 4,   /* no regular file */
  PM_LOCK_LINK = 5,      /* a symbolic link */
  PM_LOCK_NO_FOLDER = 6, /* there is no folder for it */
  PM_LOCK_UNSTEADY = 7,  /* it comes and goes */
  PM_LOCK_UNOPENED = 8,  /* detail is the errno of open() */
  PM_LOCK_REFUSED = 9,   /* detail is the errno of flock() */
};

enum pm_run_flag {
  /*
   * The program's steps are packed, up to PM_FRAME_MOST of program: instead of each 48 bytes,
   * uint16 which of their 12 words are not as foreseen (bit 0: the first), uint16 how many steps
   * behind this one are all as foreseen, and the words that are not. Foreseen is the step before,
   * at an address as far behind its own as that was behind the one before; in front of the first
   * step lie two of zeros. EBADMSG for what is no such program, or has bytes left.
   */
  PM_RUN_PACKED = 1,
  /* Of a narrow program (engine.h): instead of two uint64 one uint32 a step, and zeros to a
   * multiple of 8 bytes. PM_BAD_PROGRAM for one that is not narrow. */
  PM_RUN_WORDS = 2,
  PM_RUN_LOCKED = 4, /* EBUSY, and nothing is done, where the client is locked out */
};

/* Of a stream: EINTR, and nothing is read, unless the stream before it was read to its end. */
#define PM_STREAM_BEHIND 0x100u

enum pm_port {
  PM_PORT_ALLOW = 1, /* no access: whether `bytes` ports from `port` on may be used */
  PM_PORT_IN = 2,
  PM_PORT_OUT = 3,
};

enum pm_look {
  PM_LOOK_BYTES = 1,   /* the file's content, at most `most` bytes */
  PM_LOOK_ENTRIES = 2, /* of a folder: uint32 kind, uint32 name_bytes, name; each but . and .. */
  PM_LOOK_LINK = 3,    /* what a symbolic link says */
  PM_LOOK_STATUS = 4,  /* struct pm_node_status, links followed */
  PM_LOOK_LINK_STATUS = 5, /* the same of a link itself */
  PM_LOOK_REAL = 6,        /* the path without links */
  PM_LOOK_WORD = 7, /* 4 bytes at a multiple of 4, by one pread(); EIO where there are fewer */
};

enum pm_kind {
  PM_KIND_FILE = 1,
  PM_KIND_FOLDER = 2,
  PM_KIND_LINK = 3,
  PM_KIND_CHARACTER_DEVICE = 4,
  PM_KIND_BLOCK_DEVICE = 5,
  PM_KIND_OTHER = 6,
};

struct pm_node_status {
  uint32_t kind; /* enum pm_kind */
  uint32_t mode;
  uint32_t uid;
  uint32_t gid;
  uint64_t dev;
  uint64_t ino;
  uint32_t rdev_major; /* of a device node */
  uint32_t rdev_minor;
  uint64_t size;
};

enum pm_open {
  PM_OPEN_WRITE = 1,      /* O_RDWR; otherwise O_RDONLY */
  PM_OPEN_CACHED = 2,     /* without O_SYNC */
  PM_OPEN_WRITE_ONLY = 4, /* O_WRONLY, as files of sysfs need it that act and tell nothing */
};

enum pm_memory_flag {
  PM_MEMORY_WRITABLE = 1,
  PM_MEMORY_REGULAR = 2,
  PM_MEMORY_WHOLE = 4, /* see pm_memory_map_whole() */
};

/* struct pm_outcome, in a form that has no holes. */
struct pm_told {
  uint32_t status; /* enum pm_status */
  uint32_t done;
  uint32_t step;
  uint32_t elements;
  int32_t errno_value;
  uint32_t zero;
  uint64_t address;
};

#endif
