/**
 * What the shells load. Each asks `physmem __complete -- WORD...` for the words that fit: a line a
 * word, perhaps a tab and a description; a line `:file` asks for the names of files, too.
 */
export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

export const scripts: Record<Shell, string> = {
  bash: `# physmem completion for bash: eval "$(physmem completion bash)"
_physmem() {
  local line=\${COMP_LINE:0:COMP_POINT} word piece prefix reply
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=\${words[\${#words[@]}-1]}
  # Bash takes : and = for borders of words; what is offered starts behind the last of them.
  piece=\${word##*[:=]}
  [[ $COMP_WORDBREAKS == *:* && $COMP_WORDBREAKS == *=* ]] || piece=$word
  prefix=\${word:0:\${#word}-\${#piece}}
  COMPREPLY=()
  while IFS= read -r reply; do
    if [[ $reply == :file ]]; then
      compopt -o filenames
      while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -f -- "$piece")
      continue
    fi
    reply=\${reply%%$'\\t'*}
    [[ $reply == *[:/=] ]] && compopt -o nospace
    reply=\${reply#"$prefix"}
    # Quotes of a name group its words; without them, the shell needs its own.
    [[ $reply == *' '* && $reply != *'"'* ]] && printf -v reply '%q' "$reply"
    COMPREPLY+=("$reply")
  done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _physmem physmem
`,
  zsh: `#compdef physmem
# physmem completion for zsh: source <(physmem completion zsh)
_physmem() {
  local line value description
  local -a lines plain plain_shown open open_shown
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    [[ -z $line ]] && continue
    if [[ $line == :file ]]; then
      _files
      continue
    fi
    value=\${line%%$'\\t'*}
    description=$value
    [[ $line == *$'\\t'* ]] && description="$value -- \${line#*$'\\t'}"
    if [[ $value == *[:/=] ]]; then
      open+=("$value")
      open_shown+=("$description")
    else
      plain+=("$value")
      plain_shown+=("$description")
    fi
  done
  (( \${#plain} )) && compadd -l -d plain_shown -a plain
  (( \${#open} )) && compadd -S '' -l -d open_shown -a open
  return 0
}
(( \${+functions[compdef]} )) && compdef _physmem physmem
`,
  fish: `# physmem completion for fish: physmem completion fish | source
function __physmem_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test "$line" = :file
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c physmem -f -a '(__physmem_complete)'
`,
}
