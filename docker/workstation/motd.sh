# Shown once, to the shell of a new terminal; not to panes of a tmux inside it.
[ -n "${PS1-}" ] && [ -z "${TMUX-}" ] && [ -r /etc/motd ] && printf '%s\n' "$(</etc/motd)"
