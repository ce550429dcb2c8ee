# shellcheck shell=sh disable=SC2034,SC2154
# sample: what a canary is judged by, of all instances that the request names, until the client goes. Changes nothing and
# needs no lock. What a person sees of a stage is told by "watch".
# These parts come with their requests: few hosts are ever asked for them. They need those that every host has.
# The request defines each_instance FN (as for a probe, and: metrics_url, metrics_wanted: names of series, a line each, with
# the labels that count), every (ms between two probes), sample_every (ms between two samples) and rollout: whose folder
# holds what is kept from sample to sample.

verb_sample() {
  S=$META/rollouts/$rollout/sample.$N
  mkdir -p -- "$S" || fail write "$S"
  after=end_samples
  lease
  each_instance sample_begin
  # the folder is cleared when nobody hears us any more, too; what was started above still ends by it
  trap '' PIPE
  # the times of samples go on evenly, whoever sets the clock meanwhile
  read_wall
  read_clock
  s_wall=$((NOW - MS)) s_next=$((MS + sample_every))
  while [ -d "$S" ]; do
    read_clock
    s_round=$((MS + every)) s_tells=no
    if [ "$MS" -ge "$s_next" ]; then
      s_tells=yes s_next=$((s_next + sample_every))
      [ "$s_next" -gt "$MS" ] || s_next=$((MS + sample_every))
    fi
    each_instance sample_look
    [ "$s_tells" = no ] || frame sampled
    read_clock
    [ "$MS" -ge "$s_round" ] || pause_ms "$((s_round - MS))"
  done
  fail write "$S"
}

end_samples() { rm -rf -- "$S"; }

# A journal is followed into a file, which is read at every sample. Beside it stands who writes it, and how its lines look.
sample_begin() {
  sample_begins
  true >"$S/$I.at"
  case $svc in
    systemd) read_journal_way ;;
    *) JOURNAL= ;;
  esac
  case $JOURNAL in
    direct) journal_of -n 0 -f -o json --output-fields=PRIORITY,MESSAGE 2>/dev/null </dev/null 3>&- | cat >>"$S/$I.log" 3>&- & ;;
    # the one form that a narrow sudoers line allows
    sudo) journal_of -n 50 -f 2>/dev/null </dev/null 3>&- | cat >>"$S/$I.log" 3>&- & ;;
    *) return 0 ;;
  esac
  printf '%s %s\n' "$!" "$JOURNAL" >"$S/$I.way"
}

# What is kept from sample to sample, anew.
sample_begins() { true >"$S/$I.probes" && true >"$S/$I.reply"; }

sample_look() {
  [ "$probe" != running ] || read_service
  probe_once
  printf ' %s:%s' "$HEALTHY" "$LATENCY" >>"$S/$I.probes"
  read_reply_release
  [ -z "$REPLY_RELEASE" ] || printf '%s\n' "$REPLY_RELEASE" >"$S/$I.reply"
  [ "$s_tells" = no ] || sample_tell
}

sample_tell() {
  [ "$probe" = running ] || read_service
  read_sampled_release
  read_load
  read_log
  s_metrics=no
  [ -z "$metrics_url" ] || ! read_metrics || s_metrics=yes
  s_oom=no
  [ "$RESULT" != oom-kill ] || s_oom=yes
  read_line "$S/$I.probes" || :
  read_clock
  frame sample "$I" "$((s_wall + MS))" "$STATUS" "$START" "$DETAIL" "$s_oom" "$RUNS" "${LINE# }" "$LOG_LINES" "$LOG_ERRORS" \
    "$MEMORY" "$MEMORY_MAX" "$CPU" "$s_metrics"
  sample_begins
}

read_sampled_release() {
  read_runs
  if [ "$svc" = files ]; then read_release "$D/instances/$I/current" && RUNS=$RELEASE; fi
  [ -n "$RUNS" ] || { read_line "$S/$I.reply" && RUNS=$LINE; }
}

# Lines of its log since the sample before into LOG_LINES, those that tell of an error into LOG_ERRORS; both empty when nobody may
# read it, and at the first sample: what it begins with may be old.
read_log() {
  LOG_LINES='' LOG_ERRORS=''
  l_log=$D/instances/$I/log l_form=plain
  if [ "$svc" = systemd ]; then
    [ -r "$S/$I.way" ] && read -r l_pid l_form <"$S/$I.way" && kill -0 "$l_pid" 2>/dev/null || return 0
    l_log=$S/$I.log
  fi
  [ -r "$l_log" ] || return 0
  read -r l_size l_file <<END
$(stat -c '%s %i' -- "$l_log" 2>/dev/null)
END
  if read -r l_from l_same <"$S/$I.at"; then
    # begun anew, by another file or by emptying it
    if [ "$l_same" != "$l_file" ] || [ "$l_size" -lt "$l_from" ]; then l_from=0; fi
    LOG_LINES=0 LOG_ERRORS=0 l_read=0
    if [ "$l_size" != "$l_from" ]; then
      read -r LOG_LINES LOG_ERRORS l_read <<END
$(tail -c "+$((l_from + 1))" -- "$l_log" | head -c "$((l_size - l_from))" | count_lines "$l_form" "$((l_size - l_from))")
END
    fi
    l_from=$((l_from + ${l_read:-0}))
  else
    l_from=$l_size
  fi
  # what comes between the two is lost, once in millions of bytes
  if [ "$svc" = systemd ] && [ "$l_from" -gt 8000000 ] && [ "$l_from" = "$l_size" ]; then true >"$l_log" && l_from=0; fi
  printf '%s %s\n' "$l_from" "$l_file" >"$S/$I.at"
}

# count_lines FORM BYTES: prints how many lines it reads, how many of them tell of an error, and the bytes of both; the begin
# of a line that is still being written is left for the next time. FORM is direct for a journal in JSON, else as it was logged.
count_lines() {
  awk -v form="$1" -v bytes="$2" "$LOG_WORDS"'
    {
      at += size = length($0) + 1
      last = is_error(form, $0)
      all++
      errors += last
    }
    END {
      if (at > bytes && bytes < 1000000) { all--; errors -= last; at -= size }
      else at = bytes
      printf "%d %d %d\n", all, errors, at
    }'
}

# For awk: whether a line tells of an error. The level alone decides where there is one: an error that somebody tells of at
# level info is none.
# shellcheck disable=SC2016
LOG_WORDS='
  function is_bad(level) {
    # "info" + 0 is infinite to some
    if (level ~ /^[0-9]+$/) return level + 0 >= 50
    level = tolower(level)
    return level ~ /^(err|error|fatal|crit|critical|alert|emerg|emergency|panic|dpanic|severe)$/
  }
  function message(line,  text, codes, n, i) {
    if (match(line, /"MESSAGE":"([^"\\]|\\.)*"/)) {
      text = substr(line, RSTART + 11, RLENGTH - 12)
      gsub(/\\[nrt]/, " ", text)
      gsub(/\\"/, "\"", text)
      gsub(/\\\\/, "\\", text)
      return text
    }
    # what holds a control character, such as a colour, comes as bytes
    if (!match(line, /"MESSAGE":\[[0-9,]*\]/)) return ""
    n = split(substr(line, RSTART + 11, RLENGTH - 12), codes, ",")
    for (i = 1; i <= n && i <= 400; i++) text = text sprintf("%c", codes[i] + 0)
    return text
  }
  function tells(text, priority) {
    gsub(/\033\[[0-9;]*m/, "", text)
    if (text ~ /^[ \t]*[{]/) {
      if (!match(text, /"(level|severity|lvl|levelname|log\.level)" *: *("[^"]*"|[0-9]+)/)) return priority <= 3
      text = substr(text, RSTART, RLENGTH)
      sub(/^"[^"]*" *: */, "", text)
      gsub(/"/, "", text)
      return is_bad(text)
    }
    if (match(text, /(^|[ \t])(level|lvl|severity)="?[A-Za-z]+/)) {
      text = substr(text, RSTART, RLENGTH)
      sub(/.*="?/, "", text)
      return is_bad(text)
    }
    text = " " text " "
    if (match(text, /[^A-Za-z0-9_](TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)[^A-Za-z0-9_]/))
      return is_bad(substr(text, RSTART + 1, RLENGTH - 2))
    return priority <= 3 || text ~ /^ panic:|Traceback \(most recent|[^A-Za-z0-9_][A-Za-z]*(Error|Exception):/
  }
  function is_error(form, line,  priority) {
    priority = 9
    if (form == "direct" && match(line, /"PRIORITY":"[0-7]"/)) priority = substr(line, RSTART + 12, 1) + 0
    return tells(form == "direct" ? message(line) : line, priority)
  }'

# What it tells of itself: frames of kind "metric", each the sum of the series that agree in the labels that count. Fails when
# it does not tell.
read_metrics() {
  (
    most=4000000 url=$metrics_url
    without_proxy
    http_get 2>/dev/null
  ) | wanted=$metrics_wanted lead="@$N${TAB}metric${TAB}" awk "$METRIC_WORDS"'
    BEGIN {
      n = split(ENVIRON["wanted"], rows, "\n")
      for (i = 1; i <= n; i++) want("", rows[i])
    }
    NR == 1 { is_told = /^2/; next }
    is_told { add_up("", $0) }
    END {
      tell_sums(ENVIRON["lead"])
      exit !is_told
    }' >&3
}

# For awk: the sums of what somebody tells.
# shellcheck disable=SC2016
METRIC_WORDS='
  function want(of, row,  words, m, j) {
    m = split(row, words, " ")
    for (j = 1; j <= m; j++) counts[of, words[1], j == 1 ? "" : words[j]]
  }
  function add_up(of, line,  name, rest, labels, label, key, is_labelled, words) {
    if (!match(line, /^[A-Za-z_:][A-Za-z0-9_:]*/)) return
    name = substr(line, 1, RLENGTH)
    rest = substr(line, RLENGTH + 1)
    labels = ""
    if (!((of, name, "") in counts)) return
    is_labelled = sub(/^ *[{]/, "", rest)
    while (is_labelled && match(rest, /^ *[A-Za-z_][A-Za-z0-9_]* *= *"([^"\\]|\\.)*" *,?/)) {
      label = substr(rest, 1, RLENGTH)
      rest = substr(rest, RLENGTH + 1)
      gsub(/^ +| *,?$/, "", label)
      key = label
      sub(/ *=.*/, "", key)
      if ((of, name, key) in counts) labels = labels (labels == "" ? "" : ",") label
    }
    if (is_labelled && !sub(/^ *[}]/, "", rest)) return
    split(rest, words, " ")
    if (words[1] ~ /^[0-9.eE+-]+$/) sums[of, name "{" labels "}"] += words[1]
  }
  function tell_sums(lead,  key, at, of, line) {
    for (key in sums) {
      at = index(key, SUBSEP)
      of = substr(key, 1, at - 1)
      line = substr(key, at + 1)
      gsub(/%/, "%25", line)
      gsub(/\t/, "%09", line)
      printf "%s%s %.15g%s\n", lead, line, sums[key], of == "" ? "" : "\t" of
    }
  }'
