# shellcheck shell=sh disable=SC2034,SC2154
# What "watch" reads of logs, and of what instances tell of themselves.

# All units of one kind are followed by one process, into a file that is read at every round.
watch_journal() {
  set -- "$1" journalctl -o json --output-fields=PRIORITY,MESSAGE,UNIT,USER_UNIT,_SYSTEMD_UNIT,_SYSTEMD_USER_UNIT -n 0 -f
  w_which=-u
  [ "$1" = system ] || { w_which=--user-unit && set -- "$@" --user; }
  while read -r j_tag j_unit _; do
    [ "$j_tag" != "$1" ] || set -- "$@" "$w_which" "$j_unit"
  done <<END
$w_journals
END
  w_file=$1
  shift
  "$@" 2>/dev/null </dev/null 3>&- | cat >>"$S/$w_file.log" 3>&- &
  printf '%s\n' "$!" >"$S/$w_file.way"
  # nothing is old in it, and nobody but us begins it anew
  printf '0 0 1\n' >"$S/$w_file.at"
}

# Logs that have grown and metrics, by one awk for all of them, and none when there is neither. Of a log it keeps in
# <tag>.at how far it was read, and counts lines into <instance>.lines, with the round in which they were counted.
watch_read() {
  w_grown='' w_logs=''
  for w_tag in $w_tags; do
    # shellcheck disable=SC3013
    if [ ! -r "$S/$w_tag.log" ] || [ "$S/stamp.$(((w_round + 1) % 2))" -nt "$S/$w_tag.log" ]; then continue; fi
    case $w_tag in
      system | user) ! read -r l_from _ <"$S/$w_tag.at" || w_logs="$w_logs $w_tag:0:$l_from:0:1" ;;
      *) w_grown="$w_grown $w_tag.log" ;;
    esac
  done
  # shellcheck disable=SC2086
  [ -z "$w_grown" ] || { (cd -- "$S" && stat -L -c '%n %s %i' -- $w_grown) >"$S/sizes" 2>/dev/null && watch_sizes; }
  [ -n "$w_logs$w_told" ] || return 0
  # shellcheck disable=SC2086
  if [ -z "$w_logs" ]; then (watch_sums what=told $w_told </dev/null); else watch_pieces $w_logs | watch_sums what=log - what=told $w_told; fi
}

# Which logs have to be read from where, as words "tag:inode:from:bytes:since" in w_logs. What they begin with may be old.
watch_sizes() {
  while read -r l_name l_size l_file; do
    l_name=${l_name%.log}
    if [ -r "$S/$l_name.at" ] && read -r l_from l_same l_since _ <"$S/$l_name.at"; then
      # begun anew, by another file or by emptying it
      if [ "$l_same" != "$l_file" ] || [ "$l_size" -lt "$l_from" ]; then l_from=0; fi
      [ "$l_size" = "$l_from" ] || w_logs="$w_logs $l_name:$l_file:$l_from:$((l_size - l_from)):$l_since"
    else
      printf '%s %s %s\n' "$l_size" "$l_file" "$w_round" >"$S/$l_name.at"
    fi
  done <"$S/sizes"
}

# Each log between two lines that none can hold. The line end after it tells whether its last line was whole.
watch_pieces() {
  for l_ in "$@"; do
    l_from=${l_#*:*:}
    printf '@%s log %s\n' "$N" "$l_"
    tail -c "+$((${l_from%%:*} + 1))" -- "$S/${l_%%:*}.log" 2>/dev/null
    printf '\n@%s end\n' "$N"
  done
}

# For a subshell.
watch_sums() {
  cd -- "$S" && wanted=$w_wanted journals=$w_journals lead="@$N${TAB}metric${TAB}" exec awk \
    -v mark="@$N" -v round="$w_round" "$LOG_WORDS$METRIC_WORDS"'
  BEGIN {
    n = split(ENVIRON["wanted"], rows, "\n")
    for (i = 1; i <= n; i++) {
      at = index(rows[i], " ")
      want(substr(rows[i], 1, at - 1), substr(rows[i], at + 1))
    }
    n = split(ENVIRON["journals"], rows, "\n")
    for (i = 1; i <= n; i++) if (split(rows[i], words, " ") == 3) {
      gsub(/\\/, "\\\\&", words[2])
      if (words[2] !~ /\.service$/) words[2] = words[2] ".service"
      names[words[1], words[2]] = words[3]
    }
    fields = split("UNIT USER_UNIT _SYSTEMD_UNIT _SYSTEMD_USER_UNIT", keys, " ")
  }
  function whose(line,  i, name) {
    for (i = 1; i <= fields; i++) if (match(line, "\"" keys[i] "\":\"[^\"]*\"")) {
      name = substr(line, RSTART + length(keys[i]) + 4, RLENGTH - length(keys[i]) - 5)
      if ((tag, name) in names) return names[tag, name]
    }
    return ""
  }
  function take(line,  of) {
    got += length(line) + 1
    of = is_shared ? whose(line) : tag
    if (of == "") return
    all[of]++
    bad[of] += is_error(is_shared ? "direct" : "plain", line)
  }
  what == "told" { add_up(of, $0); next }
  $1 == mark && $2 == "log" {
    split($3, words, ":")
    tag = words[1]
    is_shared = tag == "system" || tag == "user"
    got = is_held = 0
    next
  }
  $0 == mark " end" {
    if (is_held && length(held) >= 1000000) { take(held); held = "" }
    # bytes that awk does not see, such as 0, were read, too
    if (got < words[4] - length(held)) got = words[4] - length(held)
    is_large = words[3] + got > 8000000
    print (words[3] + got), words[2], words[5], (is_large ? "large" : "") > (tag ".at")
    close(tag ".at")
    is_held = 0
    next
  }
  {
    if (is_held) take(held)
    held = $0
    is_held = 1
  }
  END {
    for (of in all) print round, all[of], bad[of] > (of ".lines")
    tell_sums(ENVIRON["lead"])
  }' "$@" >&3
}

# Lines since the round before into LOG_LINES and LOG_ERRORS; both empty when nobody may read it, and at the first round.
watch_log() {
  LOG_LINES='' LOG_ERRORS=''
  read -r l_tag <"$S/$I.tag" && [ -n "$l_tag" ] && [ -r "$S/$l_tag.log" ] || return 0
  if [ "$svc" = systemd ]; then read -r l_pid <"$S/$l_tag.way" && kill -0 "$l_pid" 2>/dev/null || return 0; fi
  [ -r "$S/$l_tag.at" ] && read -r _ _ l_since l_large <"$S/$l_tag.at" && [ "$l_since" != "$w_round" ] || return 0
  LOG_LINES=0 LOG_ERRORS=0
  ! read -r l_round l_all l_bad <"$S/$I.lines" || [ "$l_round" != "$w_round" ] || LOG_LINES=$l_all LOG_ERRORS=$l_bad
  # ours grows until it is emptied; what comes between the two is lost, once in millions of bytes
  [ "$svc" != systemd ] || [ -z "$l_large" ] || { true >"$S/$l_tag.log" && printf '0 0 %s\n' "$l_since" >"$S/$l_tag.at"; }
}
