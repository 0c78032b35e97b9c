#include "agent_nearest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* No name is as long, and nothing longer is near to one. */
#define MOST_LETTERS 24u

static char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static size_t least(size_t one, size_t other) { return one < other ? one : other; }

size_t agent_edit_distance(const char *word, const char *name) {
  size_t costs[MOST_LETTERS + 1][MOST_LETTERS + 1];
  size_t rows = strlen(word), columns = strlen(name);
  if (rows > MOST_LETTERS || columns > MOST_LETTERS)
    return SIZE_MAX;
  for (size_t row = 0; row <= rows; row++) {
    for (size_t column = 0; column <= columns; column++) {
      size_t *cost = &costs[row][column];
      *cost = row + column;
      if (!row || !column)
        continue;
      char letter = lower(word[row - 1]), other = lower(name[column - 1]);
      *cost = least(costs[row - 1][column], costs[row][column - 1]) + 1;
      *cost = least(*cost, costs[row - 1][column - 1] + (letter != other));
      if (row > 1 && column > 1 && letter == lower(name[column - 2]) &&
          lower(word[row - 2]) == other)
        *cost = least(*cost, costs[row - 2][column - 2] + 1);
    }
  }
  return costs[rows][columns];
}

static bool begins(const char *name, const char *word) {
  while (*word && lower(*word) == *name) {
    word++;
    name++;
  }
  return !*word;
}

/* `du` for `dump`, where no other name begins so. */
static const char *only_beginning(const char *word, const char *const *names, size_t count) {
  const char *found = NULL;
  if (strlen(word) < 2)
    return NULL;
  for (size_t i = 0; i < count; i++) {
    if (!begins(names[i], word))
      continue;
    if (found)
      return NULL;
    found = names[i];
  }
  return found;
}

/* Whether the letters are the same, perhaps in another order: some were only swapped. */
static bool has_letters_of(const char *name, const char *word) {
  unsigned counts[256] = {0};
  for (; *name; name++)
    counts[(unsigned char)lower(*name)]++;
  for (; *word; word++)
    if (!counts[(unsigned char)lower(*word)]--)
      return false;
  return true;
}

const char *agent_nearest(const char *word, const char *const *names, size_t count) {
  const char *best = NULL;
  size_t best_distance = SIZE_MAX;
  bool best_is_turned = false;
  size_t letters = strlen(word);
  for (size_t i = 0; i < count; i++) {
    size_t longest = letters > strlen(names[i]) ? letters : strlen(names[i]);
    size_t allowed = longest < 6 ? 1 : longest / 3;
    size_t distance = agent_edit_distance(word, names[i]);
    if (distance > allowed || distance >= letters)
      continue;
    bool is_turned = strlen(names[i]) == letters && has_letters_of(names[i], word);
    if (distance > best_distance || (distance == best_distance && (best_is_turned || !is_turned)))
      continue;
    best = names[i];
    best_distance = distance;
    best_is_turned = is_turned;
  }
  return best ? best : only_beginning(word, names, count);
}
