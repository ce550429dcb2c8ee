# shellcheck shell=sh disable=SC2034,SC2154
# watch: how the instances of this host are, for a person, until the client goes. Changes nothing, needs no lock, and leaves
# nothing in the folder of the stage, which need not be there, or ours to write to. Nobody asks which release runs.
# Whoever looks must not be felt, and nothing costs more here than to start a program: whatever can be asked for all
# instances at once is (units, HTTP, logs, metrics), and what the shell can read by itself starts none.
# The request defines each_instance FN (as for a sample) and every (ms between two of them).

verb_watch() {
  S=$XDG_RUNTIME_DIR
  [ -w "$S" ] || S=${TMPDIR:-/tmp}
  S=$S/slipway-sample.$N
  mkdir -m 700 -- "$S" || fail write "$S"
  w_pids=
  after=watch_ends
  lease
  watch_begins
  # the folder is cleared when nobody hears us any more, too; what was started above still ends by it
  trap '' PIPE
  # the times of samples go on evenly, whoever sets the clock meanwhile
  read_wall
  read_clock
  s_wall=$((NOW - MS)) s_next=$MS w_round=0 w_disk_at=$MS
  watch_pause 0
  while [ -d "$S" ]; do
    s_next=$((s_next + every))
    [ "$s_next" -gt "$MS" ] || s_next=$((MS + every))
    watch_round
    read_clock
    watch_pause "$((s_next - MS))"
    read_clock
  done
  fail write "$S"
}

watch_ends() {
  # shellcheck disable=SC2086
  [ -z "$w_pids" ] || kill $w_pids 2>/dev/null
  end_samples
}

# What does not change from round to round.
watch_begins() {
  w_units_system='' w_units_user='' w_journals='' w_plain='' w_tags='' w_wanted=''
  w_longest=1 w_urls=no w_plainly=yes w_answers='' w_told=''
  true >"$S/units.system"
  true >"$S/units.user"
  each_instance watch_begin
  watch_follows
  watch_client
}

watch_begin() {
  w_tag=
  case $svc in
    systemd)
      if [ "$scope" = user ]; then w_units_user="$w_units_user $unit"; else w_units_system="$w_units_system $unit"; fi
      read_journal_way
      case $JOURNAL in
        direct)
          w_tag=system
          [ "$scope" != user ] || w_tag=user
          w_journals="${w_journals:-$NL}$w_tag $unit $I$NL"
          ;;
        sudo)
          # the one form that a narrow sudoers line allows
          journal_of -n 50 -f 2>/dev/null </dev/null 3>&- | cat >>"$S/$I.log" 3>&- &
          watch_followed "$I"
          w_tag=$I
          ;;
      esac
      ;;
    command) w_tag=plain w_plain=$w_plain$I$NL ;;
  esac
  printf '%s\n' "$w_tag" >"$S/$I.tag"
  true >"$S/$I.pid"
  true >"$S/$I.lines"
  [ "$timeout" -le "$w_longest" ] || w_longest=$timeout
  [ "$probe" != http ] || watch_url "$I.health" "$url"
  [ -n "$metrics_url" ] || return 0
  watch_url "$I.told" "$metrics_url"
  while IFS= read -r w_row; do w_wanted="$w_wanted$I $w_row$NL"; done <<END
$metrics_wanted
END
}

# Stamps of two files in turn tell which logs were written to since the round before.
watch_round() {
  w_round=$((w_round + 1))
  printf '\n' >"$S/stamp.$((w_round % 2))" || return 0
  watch_units system "$w_units_system"
  watch_units user "$w_units_user"
  watch_ask
  watch_read
  { each_instance watch_tell; } 7<"$S/units.system" 8<"$S/units.user"
  watch_disk
  frame sampled "${w_disk%%,*}" "${w_disk#*,}"
}

# watch_units SCOPE UNITS: one answer for all; where there is none, each is asked for itself.
watch_units() {
  [ -n "$2" ] || return 0
  w_user=
  [ "$1" = system ] || w_user=--user
  # shellcheck disable=SC2086
  systemctl $w_user show $2 -p "$UNIT_FACTS" >"$S/units.$1" 2>/dev/null || true >"$S/units.$1"
}

watch_tell() {
  watch_service
  read_load
  watch_probe
  watch_log
  s_metrics=no
  if [ -z "$metrics_url" ]; then :; elif [ -n "$w_client" ]; then
    case "$w_told " in *" $I.told "*) s_metrics=yes ;; esac
  else
    ! read_metrics || s_metrics=yes
  fi
  s_oom=no
  [ "$RESULT" != oom-kill ] || s_oom=yes
  read_clock
  frame sample "$I" "$((s_wall + MS))" "$STATUS" "$START" "$DETAIL" "$s_oom" "" "$HEALTHY:$LATENCY" "$LOG_LINES" "$LOG_ERRORS" \
    "$MEMORY" "$MEMORY_MAX" "$CPU" "$s_metrics" "$RESTARTS"
}

watch_service() {
  STATUS=unknown PID='' START='' RESTARTS='' RESULT='' DETAIL='' MEMORY='' MEMORY_MAX='' CPU=''
  case $svc.$scope in
    systemd.user) read_unit <&8 ;;
    systemd.*) read_unit <&7 ;;
    command.*) watch_command ;;
    *) read_service ;;
  esac
  [ "$svc" != systemd ] || [ -n "$u_load" ] || read_service
}

# While the process that its command has vouched for lives, the command is asked once a minute.
watch_command() {
  read_clock
  if read -r c_pid c_was c_until <"$S/$I.pid" && [ "$MS" -lt "$c_until" ] && read_process "$c_pid" && [ "$P_START" = "$c_was" ]; then
    STATUS=running PID=$c_pid START=$c_pid.$c_was DETAIL="the status command exits 0"
    return 0
  fi
  read_service
  if [ "$STATUS" = running ] && [ -n "$PID" ] && [ -r "/proc/$PID/stat" ]; then
    printf '%s %s %s\n' "$PID" "${START#*.}" "$((MS + 60000))" >"$S/$I.pid"
  else
    true >"$S/$I.pid"
  fi
}

watch_probe() {
  HEALTHY=no OUTCOME='' LATENCY='' BODY=''
  case $probe$w_client in
    http?*) watch_http ;;
    tcp*) watch_tcp ;;
    *) probe_once ;;
  esac
}

# What the one client was answered.
watch_http() {
  a_=${w_answers##*"$NL$I.health "}
  [ "$a_" != "$w_answers" ] || return 0
  a_=${a_%%"$NL"*}
  p_status=${a_%% *} a_=${a_#* }
  a_part=${a_#*[.,]}000
  LATENCY=$((${a_%%[.,]*} * 1000 + 1${a_part%"${a_part#???}"} - 1000))
  [ "$LATENCY" -le "$((timeout * 1000))" ] || p_status=000
  [ -z "$want_body" ] || BODY=$(head -c 20000 -- "$S/$I.health" 2>/dev/null)
  judge_answer
}

# bash starts in a tenth of the time of what a probe takes first.
watch_tcp() {
  # shellcheck disable=SC2016
  if has bash; then
    read_clock
    p_t0=$MS
    if timeout "$timeout" bash -c ': <>"/dev/tcp/$0/$1"' "$tcp_host" "$tcp_port" 2>/dev/null; then
      read_clock
      HEALTHY=yes OUTCOME=open LATENCY=$((MS - p_t0))
      return 0
    fi
  fi
  probe_once
}

# Used and free, of space (KiB) and of inodes, which some disks make as they need them. It takes its time to fill a disk.
watch_disk() {
  [ "$MS" -ge "$w_disk_at" ] || return 0
  w_disk_at=$((MS + 60000))
  d_=$D
  while [ ! -d "$d_" ]; do d_=$(dirname -- "$d_"); done
  w_disk=$(for d_of in -Pk -Pi; do df "$d_of" -- "$d_" 2>/dev/null; printf '.\n'; done | awk '
    { for (i = 4; i <= NF; i++) if ($i ~ /^[0-9]+%$/) { printf "%s %s", $(i - 2), $(i - 1); break } }
    $0 == "." && !n++ { printf "," }')
}
