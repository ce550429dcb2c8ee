# shellcheck shell=sh disable=SC2034,SC2154
# slipway's host script: POSIX sh, for dash, bash and busybox ash. The parts in this folder are joined in the order of
# their names into one file, installed on a host as .slipway/host-<sha>.sh, and read (".") by every channel.
#
# It is loaded with D (deployTo, absolute), SELF (path of the installed script), script_sum, path_prefix and SCRIPT (its text,
# when it came over the wire) set, and serves requests: shell text that sets N (its nonce) and variables, then `main VERB`.
# Answers are lines on fd 3: "@<nonce> TAB kind TAB field …". Fields with control characters or % are percent-encoded.
# The last frame is "end TAB <status>": an answer without it was cut off, and is never taken for a success.
LC_GIVEN=${LC_ALL-}
LC_ALL=C
export LC_ALL
# Set in a profile, some change what our tools do and print, and the others would be taken for ours.
unset CDPATH TAR_OPTIONS GZIP QUOTING_STYLE after CHECKED look stale history turn here back env_old most lease_ CLAIMED h_since P_IN_USE SAID
TAB='	'
NL='
'

frame() {
  f_="@$N"
  for a_ in "$@"; do
    case $a_ in *[%[:cntrl:]]*) a_=$(encode "$a_") ;; esac
    f_="$f_$TAB$a_"
  done
  printf '%s\n' "$f_" >&3
}

# Every byte as %xx: rare, so it may be slow and simple.
encode() { printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'; }

# Our own tools speak C; what belongs to the user runs in the language the host is set to. For subshells.
own_locale() {
  if [ -n "$LC_GIVEN" ]; then LC_ALL=$LC_GIVEN; else unset LC_ALL; fi
}

# fail CODE WORD…: the reason of a failure, for people; CODE is stable and chooses the mend on the client's side.
fail() {
  case $1 in
    denied | write | install | payload | copy | layover)
      why_unwritable
      [ -z "$WHY" ] || set -- "$WHY" "$D" "$FREE"
      ;;
  esac
  frame fail "$@"
  exit 1
}

# Runs a function and sends what it prints as frames of kind "out"; its status is the status.
streamed() {
  s_rc=$(
    exec 5>&1
    {
      "$@" 2>&1 3>&- 5>&- </dev/null && s_=0 || s_=$?
      printf '%s' "$s_" >&5
    } | while IFS= read -r s_line || [ -n "$s_line" ]; do frame out "$s_line"; done 5>&-
  )
  return "$s_rc"
}

# Milliseconds on a clock that nobody sets; without a fork where /proc/uptime is.
read_clock() {
  if [ -r /proc/uptime ]; then
    read -r c_ _ </proc/uptime
    c_s=${c_%.*} c_f=${c_#*.}
    MS=$((c_s * 1000 + ${c_f#0} * 10))
  else
    MS=$(($(date +%s) * 1000))
  fi
}

# Milliseconds since 1970 into NOW: exact where date can tell, else the middle of the second.
read_wall() {
  NOW=$(date +%s%3N)
  case $NOW in *[!0-9]*) NOW=$(date +%s)500 ;; esac
}

# Durability: what has just been written or renamed survives a power cut. sync_path is for files and folders, sync_tree for
# all below one; where they are not known, everything is synced.
sync_path() { sync -- "$@" 2>/dev/null || sync; }

sync_tree() { sync -f -- "$1" 2>/dev/null || sync; }

mtime() { stat -c %Y -- "$1" 2>/dev/null || printf '0'; }

has() { command -v "$1" >/dev/null 2>&1; }

# write FILE TEXT: whole or not at all.
write() {
  printf '%s\n' "$2" >"$1.$$.new" && mv -f -- "$1.$$.new" "$1"
}

# The same for one line, when it is not what is there.
write_line() { { read_line "$1" && [ "$LINE" = "$2" ]; } || write "$1" "$2"; }

# The same for a request, which cannot go on without it.
must_write() { write "$@" 2>/dev/null || fail write "$1"; }

# Reads the first line of FILE into LINE, without a fork; fails when there is none.
read_line() {
  LINE=
  [ -r "$1" ] && { IFS= read -r LINE <"$1" || [ -n "$LINE" ]; }
}

# The release that link $1 points at, into RELEASE; empty when it is no link into releases/. A process is only needed for a
# link that leads nowhere.
read_release() {
  RELEASE=
  [ -L "$1" ] || return 0
  for n_ in "$D/releases/"*; do
    # shellcheck disable=SC3013
    [ ! "$1" -ef "$n_" ] || { RELEASE=${n_##*/} && return 0; }
  done
  RELEASE=$(readlink -- "$1")
  case $RELEASE in
    *releases/*) RELEASE=${RELEASE##*releases/} ;;
    *) RELEASE= ;;
  esac
}

# Whether link $1 points at release $2 (empty: there is nothing), without a process.
points_at() {
  # shellcheck disable=SC3013
  if [ -n "$2" ]; then [ -L "$1" ] && [ "$1" -ef "$D/releases/$2" ]; else ! is_there "$1"; fi
}

is_there() { [ -e "$1" ] || [ -L "$1" ]; }

# Who is logged in, into USER_: sshd says it.
know_name() { USER_=${LOGNAME:-$(id -un)}; }

# systemctl --user wants the folder, which a session mostly has. The number is asked for when it is needed.
know_user() {
  UID_=
  [ -n "${XDG_RUNTIME_DIR-}" ] || { is_root || :; XDG_RUNTIME_DIR=/run/user/$UID_; }
  export XDG_RUNTIME_DIR
}

is_root() {
  [ -n "$UID_" ] || UID_=$(id -u)
  [ "$UID_" = 0 ]
}

# serve NONCE FIRST_NONCE FIRST: requests, one after the other, each in a process of its own. One may come with the command;
# the others are lines on stdin: NONCE, the request's nonce, and the request as printf %b reads it. `read` takes byte after
# byte, so what follows a line is left for the verb. After a failure nobody knows what of stdin was meant for whom, and what
# does not begin with NONCE is the rest of a payload: the shell ends.
serve() {
  umask 022
  META=$D/.slipway CHECKED=
  know_user
  [ -z "$path_prefix" ] || PATH=$path_prefix:$PATH
  printf '\n@%s ready\n' "$1"
  [ -z "$2" ] || serve_one "$2" "$3"
  while IFS=' ' read -r q_key q_nonce q_text; do
    [ "$q_key" = "$1" ] || exit 65
    serve_one "$q_nonce" "$q_text"
  done
}

# "over" tells that a request has ended, however it did: without "end" before it, nobody knows what was done. A line that was
# cut off before it must not take it along.
serve_one() {
  (eval "$(printf %b "$2")") && q_rc=0 || q_rc=$?
  [ "$q_rc" != "$SPARE_CHECKED" ] || { q_rc=0 && remember_spare; }
  printf '\n@%s\tover\t%s\n' "$1" "$q_rc"
  [ "$q_rc" = 0 ] || exit "$q_rc"
  [ -z "$SCRIPT" ] || ! is_installed || SCRIPT=
}

# after: what a verb has still to do once it has answered. Nobody waits for that but the next request on this channel.
main() {
  exec 3>&1 1>&2
  case $1 in receive | finish | prepare | hook | control | log | logs | sample | watch) ;; *) exec </dev/null ;; esac
  trap 'ended $?' EXIT
  trap 'exit 129' HUP
  trap 'exit 143' TERM
  install_script 2>/dev/null || :
  "verb_$1"
}

# The last word of a request, and what comes after it. No verb may end with the status that speaks of the spare.
ended() {
  r_=$1
  [ "$r_" != "$SPARE_CHECKED" ] || r_=101
  end_lease
  frame end "$r_"
  [ -z "${after-}" ] || "$after"
  exit "$r_"
}

# The channel's stdin as a lease on what follows: when the client is gone, so is this whole process group. Nothing but the
# lease holds stdin, and the lease holds nothing else, or the channel would never close.
lease() {
  exec 4<&0 0</dev/null
  (
    trap - EXIT HUP TERM
    cat >/dev/null
    kill -TERM 0
  ) <&4 >/dev/null 2>&1 3>&- 4<&- &
  lease_=$!
  exec 4<&-
}

end_lease() {
  [ -z "${lease_-}" ] || kill -KILL "$lease_" 2>/dev/null || :
}
