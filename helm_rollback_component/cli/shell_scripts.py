"""What makes a shell complete `helm-rollback`: a script for each shell.

A script sends the line up to the cursor, and reads one candidate a line, with its help behind a tab. Where
there is none, files are completed. That is how Typer speaks with fish, and it serves the other shells too.
"""

SCRIPTS = {
    "bash": r"""
_helm_rollback() {
    local word="${COMP_WORDS[COMP_CWORD]}" option="" candidate
    [[ "$word" == --*=* ]] && option="${word%%=*}="
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        [[ -n "$candidate" ]] && COMPREPLY+=("$option$candidate")
    done < <(_HELM_ROLLBACK_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS="${COMP_LINE:0:COMP_POINT}" "$1" 2>/dev/null)
}
complete -o default -F _helm_rollback helm-rollback
""",
    "zsh": r"""
#compdef helm-rollback
compdef _helm-rollback helm-rollback

_helm-rollback() {
    local line value help
    local -a found
    for line in "${(@f)$(_HELM_ROLLBACK_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS="${words[1,CURRENT]}" "${words[1]}" 2>/dev/null)}"; do
        value="${line%%$'\t'*}"
        [[ -z "$value" ]] && continue
        help="${line#"$value"}"
        found+=("${value//:/\\:}${help/$'\t'/:}")
    done
    compset -P '--*='
    if (( ${#found} )); then
        _describe helm-rollback found
    else
        _files
    fi
}

if [[ "${funcstack[1]}" == _helm-rollback ]]; then
    _helm-rollback "$@"
fi
""",
    "fish": r"""
function __helm_rollback_complete
    set -l word (commandline -ct)
    set -l option (string match -r -- '^--[^=]+=' $word)
    set -l line (commandline -cp | string collect)
    set -l found (env _HELM_ROLLBACK_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS=$line helm-rollback 2>/dev/null | string match --invert "")
    if test (count $found) -eq 0
        __fish_complete_path $word
    end
    for each in $found
        printf '%s%s\n' "$option" $each
    end
end
complete --command helm-rollback --no-files --arguments '(__helm_rollback_complete)'
""",
}
