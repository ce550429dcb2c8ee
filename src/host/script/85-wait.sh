# shellcheck shell=sh disable=SC2034,SC2154
# How a worker waits for the release it has started: proof that it runs, and its health.

# Healthy for min_healthy ms without a break, within deadline ms of the start. Fails with the reason in WHY.
wait_healthy() {
  h_since='' h_attempt=0 h_crashes=0 h_start=''
  emit state verifying "$expect" "" "$((WALL + STARTED + deadline))"
  while :; do
    ! is_cancelled || { WHY=cancelled && return 1; }
    holds_lock || give_up superseded "the stage was taken over"
    beat
    read_service
    check_service || return 1
    probe_once
    [ "$HEALTHY" = yes ] || remember_answer
    check_proof || return 1
    read_clock
    h_attempt=$((h_attempt + 1))
    if [ "$HEALTHY" = yes ]; then : "${h_since:=$MS}"; else h_since=''; fi
    h_for=$((MS - ${h_since:-$MS}))
    emit probe "$h_attempt" "$HEALTHY" "$OUTCOME" "$LATENCY" "$h_for" "$min_healthy"
    [ -z "$h_since" ] || [ "$h_for" -lt "$min_healthy" ] || return 0
    if [ $((MS - STARTED)) -ge "$deadline" ]; then
      WHY="not healthy within $((deadline / 1000))s; the last answer: $OUTCOME"
      return 1
    fi
    pause_ms "$interval"
  done
}

# The newest answer that was not a healthy one, into ILL: its outcome, and what came with it.
remember_answer() {
  ILL=$OUTCOME$NL$BODY
  [ "$probe" != command ] || ILL=$ILL$(tr -d '\000' <"$SAID")
}

# What cannot get better ends the wait at once: a failed unit, an ended process, a second crash.
check_service() {
  [ -n "$h_start" ] || h_start=$START
  if [ -n "$START" ] && [ "$START" != "$h_start" ]; then
    h_start=$START h_since=''
    h_crashes=$((h_crashes + 1))
    note "it ended and was started again: $DETAIL"
  fi
  case $STATUS in
    failed) WHY="it failed: $DETAIL" && return 1 ;;
    # a unit between two automatic restarts is activating: stopped is stopped
    stopped) WHY="it ended: $DETAIL" && return 1 ;;
  esac
  [ "$h_crashes" -lt 2 ] || { WHY="it crashed $h_crashes times: $DETAIL" && return 1; }
}

# A new start is required; then what it runs, by its folder, executable, command line or health reply. Any of them
# naming another release is a contradiction; none of them saying anything leaves it unproven.
check_proof() {
  if [ "$svc" = files ]; then
    PROOF=proven
    return 0
  fi
  if [ -n "$START" ] && [ "$START" = "$START_BEFORE" ]; then
    WHY="the process from before the switch is still running"
    return 1
  fi
  read_runs
  read_reply_release
  for r_ in "$RUNS" "$REPLY_RELEASE"; do
    [ -n "$r_" ] || continue
    [ "$r_" = "$expect" ] || { WHY="it runs $r_, not $expect" && return 1; }
    [ -z "$START" ] || PROOF=proven
  done
}

# sleep takes whole seconds by POSIX; most take fractions.
pause_ms() {
  p_ms=$((1000 + $1 % 1000))
  sleep "$(($1 / 1000)).${p_ms#1}" 2>/dev/null || sleep "$((($1 + 999) / 1000))"
}
