"""What a Python programmer writes, one round for every line on standard input:
loops.py memoryview|ctypes read|write FILE"""

import ctypes
import mmap
import sys
import time

OFFSET = 0x10
ROUND_NS = 40e6


def memoryview_read(mapped):
    words = memoryview(mapped).cast("I")

    def run(times):
        for _ in range(times):
            words[OFFSET // 4]

    return run


def memoryview_write(mapped):
    words = memoryview(mapped).cast("I")

    def run(times):
        for _ in range(times):
            words[OFFSET // 4] = 7

    return run


def ctypes_read(mapped):
    word = ctypes.c_uint32

    def run(times):
        for _ in range(times):
            word.from_buffer(mapped, OFFSET).value

    return run


def ctypes_write(mapped):
    word = ctypes.c_uint32

    def run(times):
        for _ in range(times):
            word.from_buffer(mapped, OFFSET).value = 7

    return run


def measure(run, times):
    start = time.perf_counter_ns()
    run(times)
    return time.perf_counter_ns() - start


def main():
    way, direction, path = sys.argv[1:]
    with open(path, "r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)
    run = globals()[f"{way}_{direction}"](mapped)
    times = 1
    while measure(run, times) < ROUND_NS:
        times *= 2
    for _ in sys.stdin:
        print(measure(run, times) / times, flush=True)


main()
