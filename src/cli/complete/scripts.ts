/**
 * What the shells load. Each asks `physmem __complete --typed -- WORD...` for the words that fit, the
 * last as it was typed: a line a word, perhaps a tab and a description; a line `:file` asks for the
 * names of files, too, `:file .yaml .yml` for those that end so, `:folder` for folders. They are not
 * quoted, which zsh and fish do themselves. Bash does not, and replaces only a part of a word: it gives
 * its line and is given the part. A word that fits may differ in case from what was typed, for which zsh
 * must be asked.
 */
export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

export const scripts: Record<Shell, string> = {
  bash: `# physmem completion for bash: eval "$(physmem completion bash)"
_physmem() {
  local reply
  COMPREPLY=()
  while IFS= read -r reply; do
    [[ $reply == *[:/=.] ]] && compopt -o nospace
    COMPREPLY+=("$reply")
  done < <("$1" __complete --bash "$COMP_WORDBREAKS" -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
# In the order that physmem gives; bash before 4.4 sorts.
complete -o nosort -F _physmem physmem 2>/dev/null || complete -F _physmem physmem
`,
  zsh: `#compdef physmem
# physmem completion for zsh: source <(physmem completion zsh)
_physmem() {
  local line value text
  local -a lines values specs shown plain plain_shown open open_shown fold
  local -i at
  fold=(-M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}')
  lines=("\${(@f)$("\${words[1]}" __complete --typed -- "\${(@Q)words[2,CURRENT-1]}" "\${words[CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    [[ -z $line ]] && continue
    case $line in
      (:file) _files; continue ;;
      (:folder) _files -/; continue ;;
      (':file '*) _path_files -g "*(#i)(\${(j:|:)\${(s: :)line#:file }})(-.) *(-/)"; continue ;;
    esac
    value=\${line%%$'\\t'*}
    values+=("$value")
    text=\${value//:/\\\\:}
    [[ $line == *$'\\t'* ]] && text+=":\${line#*$'\\t'}"
    specs+=("$text")
  done
  # In columns, a line each, as wide as the terminal at most.
  zmodload -i zsh/zutil
  zformat -a shown ' -- ' "\${specs[@]}"
  for (( at = 1; at <= \${#values}; at++ )); do
    value=\${values[at]}
    text=\${shown[at]}
    (( \${#text} < COLUMNS )) || text="\${text[1,COLUMNS-2]}…"
    if [[ $value == *[:/=.] ]]; then
      open+=("$value")
      open_shown+=("$text")
    else
      plain+=("$value")
      plain_shown+=("$text")
    fi
  done
  (( \${#plain} )) && compadd "\${fold[@]}" -V plain -l -d plain_shown -a plain
  (( \${#open} )) && compadd "\${fold[@]}" -V open -S '' -l -d open_shown -a open
  return 0
}
(( \${+functions[compdef]} )) && compdef _physmem physmem
`,
  fish: `# physmem completion for fish: physmem completion fish | source
function __physmem_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete --typed --files -- $words[2..-1] 2>/dev/null
end
complete -c physmem -f -k -a '(__physmem_complete)'
`,
}
