# shellcheck shell=sh disable=SC2034,SC2154
# What a person needs to understand a failure, told before anything goes back: five frames "evidence PART LINE…", always all of
# them, in the order exit, status, ports, response, log. What cannot be had of a part is said in it.
# Environments, env files and command lines are not looked at: they may hold secrets.

# evidence WHAT STATUS: how the command ended that was run last: a hook, a start or a stop. Whatever has to be asked is asked in
# processes of their own, and not waited for longer than 5 s. A person who ends a wait knows why.
evidence() {
  [ "$WHY" != cancelled ] || return 0
  E=$W.evidence.$SEQ e_what=$1 e_rc=$2
  gather_facts </dev/null >/dev/null 2>&1 3>&- 4>&- &
  part log last_lines </dev/null >/dev/null 2>&1 3>&- 4>&- &
  [ -n "$ILL" ] || ILL="${OUTCOME:+the last check has not failed: }${OUTCOME:-there was no check}$NL$BODY"
  read_clock
  e_until=$((MS + 5000))
  until { [ -f "$E.status" ] && [ -f "$E.log" ]; } || [ "$MS" -ge "$e_until" ]; do
    pause_ms 50
    read_clock
  done
  for e_part in exit status ports response log; do
    emit_encoded "${TAB}evidence$TAB$e_part$(tell "$e_part" 2>/dev/null | as_fields "$e_part")"
  done
  rm -f -- "$E".*
}

# part NAME FUNCTION: what the function prints, under its name once that is all.
part() {
  trap - EXIT
  "$2" >"$E.$1.new"
  mv -f -- "$E.$1.new" "$E.$1"
}

told() { cat "$E.$1" || { cat "$E.$1.new" && false; } || printf 'unknown: not told within 5 s\n'; }

tell() {
  case $1:$e_rc in
    exit:0) ;;
    exit:*) printf '%s: %s\n' "$e_what" "$(status_words "$e_rc")" ;;
    response:*)
      printf '%s\n' "${ILL%%"$NL"*}"
      printf '%s' "${ILL#*"$NL"}" | head -c 2048
      return
      ;;
  esac
  told "$1"
  # of a process that was replaced since, only the journal knows
  case $1:$svc:$STATUS:$h_crashes in
    exit:systemd:*:[1-9] | exit:systemd:failed:*) told log | sed -n 's/.*: Main process exited, /the journal: /p' | tail -n 1 ;;
  esac
}

# What may hang is the last.
gather_facts() {
  P='' PID_SAYS='' u_code=
  case $svc in
    systemd) read_service && P=$PID ;;
    command) read_pid ;;
  esac
  part exit exit_of_process
  part ports listening
  part status "status_of_$svc"
}

# The process that the pid file names, into P while it lives. One that nobody has waited for yet still tells how it ended.
read_pid() {
  PID_SAYS='no pid file tells its process'
  [ -n "$pidfile" ] && read_line "$(expand_pidfile)" || return 0
  case $LINE in *[!0-9]*) return 0 ;; esac
  PID_SAYS="the pid file names process $LINE"
  if [ -n "$(process_start "$LINE")" ]; then
    P=$LINE
    return 0
  fi
  PID_SAYS="$PID_SAYS, which has ended"
  p_=$(cat "/proc/$LINE/stat")
  # shellcheck disable=SC2086
  set -- ${p_##*) }
  [ "${1-}" = Z ] || return 0
  u_code=2 u_status=$((${50} & 127))
  [ "$u_status" != 0 ] || u_code=1 u_status=$((${50} >> 8))
}

exit_of_process() {
  case $u_code in
    1) printf 'exit status %s\n' "$u_status" ;;
    [23]) signal_words "$u_status" ;;
    *) if [ -n "$P" ]; then printf 'it runs, as process %s\n' "$P"; else printf 'unknown: nobody here has seen it end\n'; fi ;;
  esac
}

# A status as a shell tells it.
status_words() {
  case $1 in
    124 | 143) printf 'it took too long' ;;
    129 | 1[3-5]? | 16?) signal_words "$(($1 - 128))" ;;
    *) printf 'exit status %s' "$1" ;;
  esac
}

signal_words() { printf 'signal %s (%s)\n' "$1" "$(kill -l "$1")"; }

status_of_systemd() {
  printf 'LoadState=%s ActiveState=%s SubState=%s Result=%s ExecMainCode=%s ExecMainStatus=%s NRestarts=%s\n' \
    "${u_load:-unknown}" "$u_active" "$u_sub" "$RESULT" "$u_code" "$u_status" "$RESTARTS"
}

status_of_command() {
  printf '%s\n' "$PID_SAYS"
  heard "$E.said" 2 "$status" && c_rc=0 || c_rc=$?
  printf 'the status command: %s\n' "$(status_words "$c_rc")"
  cat "$E.said"
}

status_of_files() { printf 'files have no service\n'; }

# Where the process and its children listen, told by the kernel: sockets by the files they have open. Its net may be its own.
listening() {
  # it may have ended since: the kernel has no net of what only waits to be buried
  [ -z "$P" ] || [ -r "/proc/$P/net/tcp" ] || P='' PID_SAYS="process $P has ended"
  t_net=/proc/${P:-self}/net/tcp t_known='' t_port=$tcp_port
  if [ "$probe" = http ]; then
    t_port=${url#*://}
    t_port=${t_port%%[/?#]*}
    t_port=${t_port##*:}
    case $t_port:$url in *[!0-9]*:https:*) t_port=443 ;; *[!0-9]*:http:*) t_port=80 ;; esac
  fi
  case $P:$PID_SAYS in
    :no*) t_known="unknown: $PID_SAYS" ;;
    :*) t_known='none: it does not run' ;;
    *) [ -r "/proc/$P/fd" ] || t_known="unknown: no right to see what process $P has open" ;;
  esac
  [ -r "$t_net" ] || t_known="unknown: there is no $t_net" t_port=
  {
    [ -n "$t_known" ] || family_of "$P" | xargs ls -l
    cat "$t_net" "${t_net}6"
  } | awk -v port="$t_port" -v known="$t_known" '
    function number(hex,  n, i) {
      for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789ABCDEF", substr(hex, i, 1)) - 1
      return n + 0
    }
    function address(hex,  text, i, k) {
      if (hex ~ /^0+$/ && length(hex) > 8) return "[::]"
      if (hex ~ /^0+1000000$/) return "[::1]"
      sub(/^0+FFFF0000/, "", hex)
      for (i = 1; i < length(hex); i += 8)
        for (k = 6; k >= 0; k -= 2)
          text = text (length(hex) == 8 ? "." number(substr(hex, i + k, 2)) : (k % 4 ? ":" : "") substr(hex, i + k, 2))
      text = substr(text, 2)
      return length(hex) == 8 ? text : "[" text "]"
    }
    match($0, /socket:\[[0-9]+\]$/) { ours[substr($0, RSTART + 8, RLENGTH - 9)]; next }
    $4 == "0A" {
      split($2, at, ":")
      at[2] = number(at[2])
      who = known ~ /^u/ ? "somebody" : "another process"
      if ($10 in ours) {
        print address(at[1]) ":" at[2]
        who = known = "it"
      }
      if (at[2] == port && heard != "it") heard = who
    }
    END {
      if (known != "it") print known == "" ? "none" : known
      if (port != "") print "the health port " port ": " (heard == "" ? "nobody" : heard) " listens there"
    }'
}

# The process and all its children, as the folders of the files they have open.
family_of() {
  cat /proc/[0-9]*/stat | awk -v eldest="$1" '
    { pid = $1; sub(/.*\) /, ""); parent[pid] = $2 }
    END {
      for (pid in parent) {
        one = pid
        while (one != eldest && one in parent) one = parent[one]
        if (one == eldest) print "/proc/" pid "/fd"
      }
    }'
}

last_lines() {
  case $e_what$svc in
    *hook*) tail -c "+$((k_from + 1))" -- "$W.log" ;;
    *systemd)
      read_journal_way
      case $JOURNAL in
        '') printf 'unknown: no right to read the journal of %s\n' "$unit" ;;
        # the one form that a narrow sudoers line allows. It follows, and belongs to root: what reads it is ended
        sudo) { journal_of -n 50 -f & } | timeout 2 cat ;;
        *) { journal_of -n 50 --no-pager & } | timeout 4 cat || printf 'unknown: the rest was not told within 4 s\n' ;;
      esac
      ;;
    *command) tail -c 60000 -- "$D/instances/$I/log" || printf 'unknown: there is no log\n' ;;
    *) printf 'files have no log\n' ;;
  esac | tail -c 60000 | tail -n 50
}

# as_fields PART: lines as encoded fields: at most 50, of 500 bytes. An answer is short enough as a whole.
as_fields() {
  tr -d '\000' | awk -v part="$1" '
    NR > 50 { exit }
    part != "response" && length($0) > 500 { $0 = substr($0, 1, 497) "\342\200\246" }
    {
      gsub(/%/, "%25")
      gsub(/\177/, "%7f")
      for (i = 1; i < 32; i++) gsub(sprintf("%c", i), sprintf("%%%02x", i))
      printf "\t%s", $0
    }
    END { if (!NR) printf "\tnothing" }'
}
