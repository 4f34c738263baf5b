# Read by every interactive bash of the workstation. The first half writes each command line of the
# session down, as the briefing says; the second half is comfort and yours to change in ~/.bashrc.

# Not for scripts.
[[ $- == *i* ]] || return 0

# --- The session's notes ------------------------------------------------------------------------
# One record for each command line as it begins (PS0) and one for each prompt (PROMPT_COMMAND), each
# written in one piece to a named pipe. 037 parts the fields, 036 stands for a line feed. Nothing of
# it goes through the terminal but two marks without width (OSC 133) that say where a command's
# output begins and ends.

if [[ -z ${_oncall_tty-} && -p /run/oncall/lines ]]; then

_oncall_tty='\l'
_oncall_tty=${_oncall_tty@P}
_oncall_number=0
readonly _oncall_tty

# The line is taken from the history, so the history holds every line, and holds it whole.
HISTCONTROL= HISTIGNORE= HISTTIMEFORMAT= HISTSIZE=5000
readonly HISTCONTROL HISTIGNORE HISTTIMEFORMAT HISTSIZE
shopt -s cmdhist lithist promptvars

# The line (as `history 1` gives it) in one piece, shorter than a pipe's buffer. The mark comes
# first: whoever reads of the line may answer it at once, and what is echoed then belongs to it.
_oncall_tell() {
    # By itself, since all words of a command are expanded before it assigns anything: from here on
    # lengths are in bytes.
    local LC_ALL=C
    local line=$1 length=${#1} cwd=${PWD:0:900}
    line=${line:0:2900}
    builtin printf '\033]133;C;%d;%d\007' "$$" "$_oncall_number" > /dev/tty
    builtin printf 'B\037%d\037%d\037%s\037%d\037%s\037%s\n' "$$" "$_oncall_number" "$_oncall_tty" \
        "$length" "${cwd//$'\n'/$'\036'}" "${line//$'\n'/$'\036'}" > /run/oncall/lines
}

_oncall_begin() {
    if [[ -o history ]]; then _oncall_tell "$(builtin history 1)"; fi
} 2> /dev/null

# With the history off, each command is told as it begins.
_oncall_command() {
    if [[ $1 != _oncall_prompt && ! -o history ]]; then
        _oncall_number=$((_oncall_number + 1))
        _oncall_tell "0  $1"
    fi
} 2> /dev/null

_oncall_prompt() {
    local status=$?
    builtin printf '\033]133;D;%d\007' "$$" > /dev/tty
    builtin printf 'P\037%d\037%s\037%d\n' "$$" "$_oncall_tty" "$status" > /run/oncall/lines
    _oncall_number=$((_oncall_number + 1))
    builtin shopt -s cmdhist lithist promptvars
    if [[ ! -o history ]]; then builtin trap '_oncall_command "$BASH_COMMAND"' DEBUG; fi
} 2> /dev/null

readonly -f _oncall_tell _oncall_begin _oncall_command _oncall_prompt
PS0='$(_oncall_begin)'
PROMPT_COMMAND=_oncall_prompt
readonly PS0 PROMPT_COMMAND

fi

# --- Comfort ------------------------------------------------------------------------------------
shopt -s checkwinsize globstar histappend
HISTFILESIZE=5000

PS1='\[\e[1;32m\]\u@\h\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
case $TERM in
xterm* | tmux* | screen*) PS1="\[\e]0;\u@\h: \w\a\]$PS1" ;;
esac

alias ls='ls --color=auto' ll='ls -l' la='ls -lA'
alias grep='grep --color=auto' diff='diff --color=auto'
