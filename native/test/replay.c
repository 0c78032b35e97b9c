/* In place of libFuzzer: gives a fuzz the files that are named, once each. */
#include "fuzz.h"

int main(int count, char **files) {
  static uint8_t bytes[1 << 16];
  for (int i = 1; i < count; i++) {
    FILE *file = fopen(files[i], "rb");
    must(file != NULL, files[i]);
    LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
  }
  printf("ok %d inputs\n", count - 1);
  return 0;
}
