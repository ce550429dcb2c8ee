# shellcheck shell=sh disable=SC2034,SC2154
# activate: one instance is changed by a process of its own, which lives on when the connection goes. It writes frames to
# rollouts/<id>/<instance>.frames; the request only follows that file.

# A rollout may change an instance more than once (there, and back): each turn has files of its own.
turn_name() {
  case ${turn:-0} in 0) printf '%s' "$I" ;; *) printf '%s+%s' "$I" "$turn" ;; esac
}

# activate: task (the text of the task file: assignments for the worker), rollout, I, turn. A turn is begun once: whoever
# asks again, not knowing whether the first request arrived, follows what it began.
verb_activate() {
  # here = yes: nothing is started, stopped or waited for
  require_lock
  a_dir=$META/rollouts/$rollout
  a_name=$a_dir/$(turn_name)
  F=$a_name.frames
  { { [ -d "$a_dir" ] || mkdir -p -- "$a_dir"; } && true >>"$F"; } || fail write "$a_dir"
  if once "$a_name.begun"; then
    if [ "$here" = yes ]; then
      (work_here)
    else
      [ -s "$SELF" ] || fail install
      must_write "$a_name.task" "$task"
      detached sh "$SELF" worker "$a_name.task" || fail detach "$I"
    fi
  fi
  follow
}

# Makes FILE, for exactly one of those who ask.
once() {
  set -C
  { true >"$1"; } 2>/dev/null && o_rc=0 || o_rc=$?
  set +C
  return "$o_rc"
}

# A mere switch is over before anybody could miss it: it needs no process that outlives the connection.
work_here() {
  trap - EXIT
  trap '' HUP PIPE TERM
  eval "$task"
  worker
}

# follow: rollout, I, turn: the frames of an instance from the first, then as they come.
verb_follow() {
  F=$META/rollouts/$rollout/$(turn_name).frames
  [ -f "$F" ] || fail absent "$I"
  follow
}

# cancel: rollout, I, turn: the worker stops waiting, and goes back.
verb_cancel() {
  true >"$META/rollouts/$rollout/$(turn_name).cancel" || fail absent "$I"
}

# How a process outlives this connection. logind ends what is left of a session when it is told to
# (KillUserProcesses=yes), setsid or not: without a lingering manager to hand the work to, that is no ground to stand on.
detach_method() {
  DETACH=none
  know_name
  if is_root && has systemd-run && [ -d /run/systemd/system ]; then
    DETACH=system
  elif has systemd-run && [ -e "/var/lib/systemd/linger/$USER_" ] && [ -S "$XDG_RUNTIME_DIR/systemd/private" ]; then
    # the manager's own socket: it is there without a user bus, too
    DETACH=user
  elif has setsid; then
    DETACH=setsid
    if in_session && kills_user_processes; then DETACH=killed; fi
  fi
}

in_session() { grep -q 'session-[^/]*\.scope' /proc/self/cgroup 2>/dev/null; }

kills_user_processes() {
  case $(busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager \
    KillUserProcesses 2>/dev/null || cat /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf 2>/dev/null |
    grep -E '^KillUserProcesses=(yes|true|1|on)') in
    'b true' | Kill*) return 0 ;;
  esac
  return 1
}

# KillMode=process: what a start command leaves running must not end with the worker. A systemd unit begins with an empty
# environment; commands need the one they have in a session.
detached() {
  detach_method
  d_unit=slipway-$rollout-$(turn_name | tr -c 'A-Za-z0-9.\n' '_')-$$
  case $DETACH in
    system | user)
      systemd-run "--$DETACH" --quiet --collect --unit="$d_unit" -p KillMode=process --setenv="PATH=$PATH" \
        --setenv="HOME=${HOME-}" --setenv="USER=$USER_" --setenv="LANG=${LANG-}" --setenv="LC_ALL=$LC_GIVEN" "$@"
      ;;
    setsid) (own_locale && exec setsid "$@" </dev/null >/dev/null 2>&1 3>&-) & ;;
    *) return 1 ;;
  esac
}

# Sends every line of F on until the worker's "end". A tick shows that the way is open; "gone", that the worker has ended
# without one: killed, or the machine was restarted. A read at the end of a file can be repeated: what was there of an
# unfinished line is kept.
follow() {
  f_part='' f_pauses=0 f_missed=0
  exec 5<"$F"
  while :; do
    if IFS= read -r f_line <&5; then
      f_line=$f_part$f_line f_part=
      printf '@%s\tevent\t%s\n' "$N" "$f_line" >&3 || exit 1
      f_line=${f_line#*"$TAB"*"$TAB"}
      [ "${f_line%%"$TAB"*}" != end ] || break
    else
      f_part=$f_part$f_line f_pauses=$((f_pauses + 1))
      [ "$((f_pauses % 10))" != 0 ] || tick || break
      # much happens at first, then there is a wait for health
      if [ "$f_pauses" -lt 10 ]; then f_nap=0.03; else f_nap=0.1; fi
      sleep "$f_nap" 2>/dev/null || sleep 1
    fi
  done
  exec 5<&-
}

# A worker that has not begun yet is given time; one that has begun and ended without a last word is gone.
tick() {
  if [ -n "$(marked_by "${F%.frames}.worker")" ]; then f_missed=0; else f_missed=$((f_missed + 1)); fi
  f_limit=15
  [ ! -L "${F%.frames}.worker" ] || f_limit=2
  if [ "$f_missed" -ge "$f_limit" ]; then
    frame gone
    return 1
  fi
  frame tick || exit 1
}

# A mark says who is at work: rollout, pid and the start of that process. It is the text of a link, so it is made at once and
# whole, by one of many. The rollout is printed while the process lives.
marked_by() {
  [ -L "$1" ] && m_=$(readlink -- "$1" 2>/dev/null) || return 0
  # shellcheck disable=SC2086
  set -- $m_
  [ "$#" != 3 ] || [ "$(process_start "$2")" != "$3" ] || printf '%s' "$1"
}

# The rollout whose worker is at this instance; empty when none lives.
busy_rollout() { marked_by "$D/instances/$I/.busy"; }
