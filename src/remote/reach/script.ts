/**
 * What a board's shell is asked to do: POSIX sh, and of programs what busybox has. Each script is one
 * compound command, which a shell reads whole before it runs it; nothing is sent behind it that the shell
 * could take for its own.
 */
import type { AgentCpu } from '../../engine/agent-file.ts'

/** What `uname -m` says of each CPU, as patterns of sh. */
const MACHINES: Readonly<Record<AgentCpu, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64|arm64',
  arm: 'armv6l|armv7l|armv8l',
  riscv64: 'riscv64',
}

/** Where the agent may lie: memory before disks, and what belongs to the user first. */
const FOLDERS = '"$XDG_RUNTIME_DIR" /run /dev/shm /tmp /var/tmp "$HOME" "$PWD"'

/**
 * Functions of all scripts. `word` begins each line that is meant for physmem. The shell says `lacks` with
 * the names, and ends, where it does not find a program of one of the `needed`, any of which does.
 */
function functions(word: string, needed: readonly string[]): string[] {
  const [first, ...rest] = word.split('-')
  return [
    'lacks=; has() { for any in "$@"; do type "$any" >/dev/null 2>&1 && return; done; lacks="$lacks $1"; }',
    ...['printf', ...needed].map((names) => `has ${names}`),
    // In two parts: a terminal that repeats the script says no word of it.
    `[ "$lacks" ] && { echo; echo '${first}-''${rest.join('-')}' lacks$lacks; exit 1; }`,
    `say() { printf '\\n%s-%s %s\\n' '${first}' '${rest.join('-')}' "$*"; }`,
    // Of this user alone, and no link.
    'is_private() { [ -d "$1" ] && [ ! -h "$1" ] || return 1; set -- $(ls -ldn "$1"); case $1 in drwx------*) [ "$3" = "$user" ] ;; *) return 1 ;; esac; }',
    'sum_of() { for by in "" busybox toybox; do sum=$($by sha256sum "$1" 2>/dev/null) && [ "$sum" ] && { set -- $sum; echo "$1"; return; }; done; wc -c < "$1"; }',
    'start() { say starts "$cpu" "$machine"; trap \'\' INT; exec "$1" serve; }',
    'user=$(id -u)',
  ]
}

/** Starts the agent where it is, and says `starts CPU MACHINE`; `needs CPU` where it is not. */
export function deployScript(
  word: string,
  agents: readonly (readonly [AgentCpu, string])[],
): string {
  const cases = agents.map(([cpu, hash]) => `${MACHINES[cpu]}) cpu=${cpu} hash=${hash} ;;`)
  return compound([
    ...functions(word, ['uname', 'id', 'ls']),
    'machine=$(uname -m)',
    `case $machine in ${cases.join(' ')} *) cpu=$machine hash=none ;; esac`,
    `for folder in ${FOLDERS}; do file=$folder/physmem-$user/agent-$hash`,
    '[ "$folder" ] && is_private "$folder/physmem-$user" && [ -f "$file" ] && [ ! -h "$file" ] && [ "$(sum_of "$file")" = "$hash" ] && start "$file"',
    'done',
    'say needs "$cpu"',
  ])
}

/**
 * Says `ready FOLDER` where a program can run, takes so many bytes for the agent, and starts it; `none`
 * with the folders that were tried, and behind a colon those that have no room; `damaged` where not all of it arrived, and ends then: what it did not
 * take is none of its commands.
 */
export function sendScript(word: string, hash: string, bytes: number): string {
  return compound([
    ...functions(word, ['mkdir', 'chmod', 'mv', 'rm', 'head dd', 'wc sha256sum busybox toybox']),
    'umask 077; tried=; full=; found=',
    `for folder in ${FOLDERS}; do [ "$folder" ] || continue; own=$folder/physmem-$user; tried="$tried $folder"`,
    '[ -d "$own" ] || mkdir "$own" 2>/dev/null; is_private "$own" || continue',
    'try=$own/.try.$$; if { printf "#!/bin/sh\\nexit 0\\n" > "$try"; } 2>/dev/null',
    `then if chmod 700 "$try" 2>/dev/null && "$try" 2>/dev/null; then if { printf "%${bytes}d" 0 > "$try"; } 2>/dev/null; then found=$own; else full="$full $folder"; fi; fi`,
    'elif [ -e "$try" ]; then full="$full $folder"; fi',
    'rm -f "$try"; [ "$found" ] && break',
    'done',
    `if [ "$found" ]; then file=$found/agent-${hash}; new=$found/.new.$$`,
    'say ready "$found"',
    `if head -c 0 /dev/null 2>/dev/null; then head -c ${bytes} > "$new"; else dd bs=1 count=${bytes} of="$new" 2>/dev/null; fi`,
    `case $(sum_of "$new") in ${hash}|${bytes}) chmod 700 "$new" && mv -f "$new" "$file" && start "$file" ;; esac`,
    'rm -f "$new"; say damaged; exit 1; else say none "$tried :$full"; fi',
  ])
}

function compound(commands: readonly string[]): string {
  return `{ ${commands.join('\n')}\n}\n`
}
