# shellcheck shell=sh disable=SC2034,SC2154
# logs: the lines of one source, from where the request says. follow=yes: and those that come, until the client goes. Changes
# nothing. Lines are no frames, for a frame costs a process: what begins with "{" is an entry of the journal as journalctl has
# it in JSON, what begins with "|" is a line of something else, behind the bytes that were read up to its end: |BYTES|LINE.
# from: journal (scope, units: a line each), file (file), command (run).
# A frame "opened" comes ahead of them: the time here, and of a file its inode and the position that is gone on from.
# count (lines, or empty: all), since, until (seconds since 1970, or empty).

verb_logs() {
  lease
  case $from in
    journal) logs_journal ;;
    file) logs_file ;;
    command) logs_command ;;
  esac
}

# cursor: the entry that was read last. least: the least bad priority of 0 to 7, for which a line has to count or to hold one
# of the words of grep; where this journalctl knows no --grep, more is told than was asked for.
logs_journal() {
  read_logs_way
  case $JOURNAL in
    '') fail journal "$(echo "$units" | head -n 1)" ;;
    narrow) fail narrow ;;
  esac
  read_wall
  frame opened "$NOW"
  # without --all it leaves out what is longer than 4 KB
  set -- -q --all -o json --output-fields=MESSAGE,PRIORITY,_SYSTEMD_UNIT,_SYSTEMD_USER_UNIT,UNIT,USER_UNIT,_PID,SYSLOG_IDENTIFIER
  [ -z "$cursor" ] || set -- "$@" "--after-cursor=$cursor"
  [ -z "$since" ] || set -- "$@" "--since=@$since"
  [ -z "$until" ] || set -- "$@" "--until=@$until"
  if [ "$follow" = yes ]; then
    set -- "$@" -n "${count:-all}" -f
  elif [ -n "$count" ]; then
    set -- "$@" -n "$count"
  fi
  if [ -z "$least" ] || ! journalctl -q -n 0 --grep x >/dev/null 2>&1; then
    logs_entries "$@"
  else
    # what journald has an index of, and what only the text tells
    logs_entries "$@" -p "$least"
    l_other=$((least + 1))
    logs_entries "$@" -p "$l_other..7" "--grep=$grep"
  fi
}

# Status 1 with --grep: nothing was found.
logs_entries() {
  units_of "$@" 2>/dev/null >&3 3>&- || [ "$?" = 1 ] || fail unread
}

units_of() {
  u_flag=-u
  if [ "$scope" = user ]; then
    set -- --user "$@"
    u_flag=--user-unit
  fi
  while IFS= read -r u_unit; do set -- "$@" "$u_flag" "$u_unit"; done <<END
$units
END
  if [ "$JOURNAL" = sudo ]; then sudo -n journalctl "$@"; else journalctl "$@"; fi
}

# How this user may read the journal of all units in JSON, into JOURNAL: direct, sudo, or narrow: one unit after the other, and
# only as text.
read_logs_way() {
  IFS= read -r unit <<END
$units
END
  read_journal_way
  [ "$JOURNAL" = sudo ] || return 0
  may_sudo journalctl -q -o json --after-cursor=x -n all -f -u "$unit" || JOURNAL=narrow
}

# Goes on with what was read of it before: inode, and the position at which that began (at), and how much came (got). When it
# was rotated meanwhile, the rest of the old file comes first. A gap is told of where what came since cannot be known.
logs_file() {
  # below the home of whoever logs in
  case $file in [~]/*) file=$HOME/${file#??} ;; esac
  file_size
  f_old=
  if [ -z "$inode" ]; then
    where_last_lines_begin
  elif [ "$inode" != "$f_inode" ]; then
    logs_rotated
  elif f_at=$((at + got)) && { [ "$f_at" -lt 0 ] || [ "$f_at" -gt "$f_size" ]; }; then
    # it was emptied meanwhile
    frame gap
    f_at=$f_size
  fi
  read_wall
  frame opened "$NOW" "$f_inode" "$f_at"
  logs_text 2>/dev/null | numbered_lines >&3 3>&-
}

# Zeros while there is none.
file_size() {
  read -r f_size f_inode <<END
$(stat -L -c '%s %i' -- "$file" 2>/dev/null || echo 0 0)
END
}

# Where the last lines begin, into f_at; looked for again when it grows meanwhile.
where_last_lines_begin() {
  f_at=0
  [ -n "$count" ] || return 0
  for f_try in 1 2 3; do
    f_at=$((f_size - $(tail -n "$count" -- "$file" 2>/dev/null | wc -c)))
    f_seen=$f_size
    file_size
    [ "$f_seen" != "$f_size" ] || return 0
  done
  [ "$f_at" -ge 0 ] || f_at=0
}

# What is left of the file before, into f_old and f_from; and what was read of this one already, into f_at: less than nothing
# where something of the old one is left.
logs_rotated() {
  f_from=$((at + got))
  f_old=$(find "${file%/*}/." -maxdepth 1 -type f -inum "$inode" 2>/dev/null | head -n 1)
  f_end=$(stat -c %s -- "$f_old" 2>/dev/null) || f_end=0
  f_at=$((f_from - f_end))
  if [ -z "$f_old" ] || [ "$f_from" -lt 0 ] || [ "$f_at" -gt "$f_size" ]; then
    frame gap
    f_old='' f_at=0
  elif [ "$f_at" -ge 0 ]; then
    f_old=
  fi
}

logs_text() {
  [ -z "$f_old" ] || tail -c "+$((f_from + 1))" -- "$f_old"
  [ "$f_at" -ge 0 ] || f_at=0
  case $follow in
    yes) tail -c "+$((f_at + 1))" -F -- "$file" ;;
    *) tail -c "+$((f_at + 1))" -- "$file" ;;
  esac
}

logs_command() {
  read_wall
  frame opened "$NOW"
  (own_locale && exec sh -c "$run") 2>&1 </dev/null 3>&- | numbered_lines >&3 3>&-
}

# |BYTES|LINE of each line, as it comes. mawk would wait for more of them.
numbered_lines() {
  case $(awk -W version 2>&1 </dev/null) in
    mawk*) awk -W interactive "$NUMBERED" ;;
    *) awk "$NUMBERED" ;;
  esac
}

# shellcheck disable=SC2016
NUMBERED='{ n += length($0) + 1; print "|" n "|" $0; fflush() }'
