# shellcheck shell=sh disable=SC2034,SC2154
# What "watch" reads of logs, and of what instances tell of themselves. Logs are followed into files of our own, as few as can
# be: one for the journal of the system, one for that of the user, one for all logs of commands, and one for each unit whose
# journal only a narrow sudoers line lets us read.

watch_follows() {
  for w_tag in system user; do
    case $w_journals in *"$NL$w_tag "*) watch_journal "$w_tag" ;; esac
  done
  [ -z "$w_plain" ] || watch_plain
}

# $!: who writes TAG.log now.
watch_followed() {
  printf '%s\n' "$!" >"$S/$1.way"
  printf '0\n' >"$S/$1.at"
  w_tags="$w_tags $1" w_pids="$w_pids $!"
}

watch_journal() {
  w_tag=$1 w_which=-u
  set -- journalctl -o json --output-fields=PRIORITY,MESSAGE,UNIT,USER_UNIT,_SYSTEMD_UNIT,_SYSTEMD_USER_UNIT -n 0 -f
  [ "$w_tag" = system ] || { w_which=--user-unit && set -- "$@" --user; }
  while read -r j_tag j_unit _; do
    [ "$j_tag" != "$w_tag" ] || set -- "$@" "$w_which" "$j_unit"
  done <<END
$w_journals
END
  "$@" 2>/dev/null </dev/null 3>&- | cat >>"$S/$w_tag.log" 3>&- &
  watch_followed "$w_tag"
}

# tail says before each piece whose log it is from.
watch_plain() {
  set --
  while IFS= read -r l_; do [ -z "$l_" ] || set -- "$@" "$D/instances/$l_/log"; done <<END
$w_plain
END
  tail -v -n 0 -F -- "$@" 2>/dev/null </dev/null 3>&- | cat >>"$S/plain.log" 3>&- &
  watch_followed plain
}

# Logs that have grown and metrics, by one awk for all of them, and none when there is neither. Of a log it keeps in
# TAG.at how far it was read, and whose log that was; it counts lines into <instance>.lines, with the round of it.
watch_read() {
  w_logs=
  for w_tag in $w_tags; do
    # shellcheck disable=SC3013
    [ ! -r "$S/$w_tag.log" ] || [ "$S/stamp.$(((w_round + 1) % 2))" -nt "$S/$w_tag.log" ] || w_logs="$w_logs $w_tag"
  done
  [ -n "$w_logs$w_told" ] || return 0
  # shellcheck disable=SC2086
  if [ -z "$w_logs" ]; then (watch_sums what=told $w_told </dev/null); else watch_pieces $w_logs | watch_sums what=log - what=told $w_told; fi
}

# Each log between two lines that none can hold. The line end after it tells whether its last line was whole.
watch_pieces() {
  for l_ in "$@"; do
    l_from=0 l_whose=
    ! read -r l_from l_whose <"$S/$l_.at" || :
    # ours grows until it is emptied; what comes between the two is lost, once in millions of bytes
    if [ "$l_from" -gt 8000000 ]; then true >"$S/$l_.log" && l_from=0; fi
    printf '@%s log %s %s %s\n' "$N" "$l_" "$l_from" "$l_whose"
    tail -c "+$((l_from + 1))" -- "$S/$l_.log" 2>/dev/null
    printf '\n@%s end\n' "$N"
  done
}

# For a subshell.
watch_sums() {
  cd -- "$S" && wanted=$w_wanted journals=$w_journals plain=$w_plain folder=$D/instances \
    lead="@$N${TAB}metric${TAB}" exec awk -v mark="@$N" -v round="$w_round" "$LOG_WORDS$METRIC_WORDS"'
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
    n = split(ENVIRON["plain"], rows, "\n")
    for (i = 1; i <= n; i++) if (rows[i] != "") heads["==> " ENVIRON["folder"] "/" rows[i] "/log <=="] = rows[i]
    fields = split("UNIT USER_UNIT _SYSTEMD_UNIT _SYSTEMD_USER_UNIT", keys, " ")
  }
  function owner(line,  i, name) {
    for (i = 1; i <= fields; i++) if (match(line, "\"" keys[i] "\":\"[^\"]*\"")) {
      name = substr(line, RSTART + length(keys[i]) + 4, RLENGTH - length(keys[i]) - 5)
      if ((tag, name) in names) return names[tag, name]
    }
    return ""
  }
  # an empty line stands before each head but the first
  function take(line, next_line,  of) {
    got += length(line) + 1
    if (tag == "plain" && line in heads) { whose = heads[line]; return }
    if (tag == "plain" && line == "" && next_line in heads) return
    of = is_journal ? owner(line) : whose
    if (of == "") return
    all[of]++
    bad[of] += is_error(is_journal ? "direct" : "plain", line)
  }
  what == "told" { add_up(of, $0); next }
  $1 == mark && $2 == "log" {
    tag = $3
    from = $4
    whose = $5
    is_journal = tag == "system" || tag == "user"
    if (!is_journal && tag != "plain") whose = tag
    got = is_held = 0
    next
  }
  $0 == mark " end" {
    if (is_held && length(held) >= 1000000) take(held, "")
    print (from + got), whose > (tag ".at")
    close(tag ".at")
    is_held = 0
    next
  }
  {
    if (is_held) take(held, $0)
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
  read -r l_tag <"$S/$I.tag" && [ -n "$l_tag" ] && [ "$w_round" -gt 1 ] || return 0
  { [ "$l_tag" != plain ] || [ -r "$D/instances/$I/log" ]; } && read -r l_pid <"$S/$l_tag.way" && kill -0 "$l_pid" 2>/dev/null || return 0
  LOG_LINES=0 LOG_ERRORS=0
  ! read -r l_round l_all l_bad <"$S/$I.lines" || [ "$l_round" != "$w_round" ] || LOG_LINES=$l_all LOG_ERRORS=$l_bad
}
