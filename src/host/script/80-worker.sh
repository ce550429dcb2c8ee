# shellcheck shell=sh disable=SC2034,SC2154
# The worker: changes one instance, proves it, waits for its health, or goes back; all by itself.
# Its task sets rollout, I, turn, seq0, act (update | retire), release, expect (the release the link points at before, or
# empty), env and env_old (the text of the instance's env file, and what to go back to), the service and health variables,
# min_healthy, deadline, interval (ms).

worker() {
  META=$D/.slipway
  know_user
  [ -z "${path_prefix-}" ] || PATH=$path_prefix:$PATH
  W=$META/rollouts/$rollout/$(turn_name)
  F=$W.frames
  HOME_=$D/instances/$I
  LINK=$HOME_/current REVERTING=
  SEQ=${seq0:-0} SAID=$W.said
  STATUS='' OUTCOME='' BODY='' ILL='' l_rc=0 h_crashes=0
  exec >/dev/null 2>>"$W.log"
  read_clock
  read_wall
  WALL=$((NOW - MS))
  MARK="$rollout $$ $(process_start $$)"
  [ "${here-}" = yes ] || ln -s -- "$MARK" "$W.worker"
  [ -d "$HOME_" ] || mkdir -p -- "$HOME_" || finish failed "no folder $HOME_"
  claim
  CLAIMED=yes
  trap 'unclaim; [ "${here-}" = yes ] || sync_path "$F"' EXIT
  "work_$act"
}

# emit KIND FIELD…: one line of the frames file: sequence, time (ms since 1970), kind, fields.
emit() {
  e_=
  for a_ in "$@"; do
    case $a_ in *[%[:cntrl:]]*) a_=$(encode "$a_") ;; esac
    e_="$e_$TAB$a_"
  done
  emit_encoded "$e_"
}

# The same for fields that are encoded, each behind a tab.
emit_encoded() {
  read_clock
  SEQ=$((SEQ + 1))
  printf '%s\n' "$SEQ$TAB$((WALL + MS))$1" >>"$F"
}

note() { emit note "$@"; }

# state NAME RELEASE REASON [DEADLINE_MS] [PROOF]
state() { emit state "$@"; }

# Whoever reads the last word may begin the next change at once.
finish() {
  unclaim
  emit end "$@"
  exit 0
}

# One worker an instance: see marked_by. A dead worker's mark is moved away before it goes, and put back when it turns out
# that another one has just done the same.
claim() {
  b_tries=0
  until ln -s -- "$MARK" "$HOME_/.busy" 2>/dev/null; do
    if [ -z "$(busy_rollout)" ]; then
      mv -T -- "$HOME_/.busy" "$HOME_/.busy.$$" 2>/dev/null || continue
      [ -z "$(marked_by "$HOME_/.busy.$$")" ] || mv -T -- "$HOME_/.busy.$$" "$HOME_/.busy"
      rm -f -- "$HOME_/.busy.$$"
    else
      holds_lock || give_up superseded "the stage was taken over"
      ! is_cancelled || finish cancelled "nothing was changed"
      b_tries=$((b_tries + 1))
      [ "$b_tries" -lt 60 ] || finish failed "another update is at work on it"
      [ "$b_tries" != 1 ] || note "waiting for an earlier update of this instance to end"
      sleep 1
    fi
  done
}

unclaim() {
  [ -z "${CLAIMED-}" ] || rm -f -- "$HOME_/.busy"
  CLAIMED=
}

# What goes back is not stopped half-way.
is_cancelled() { [ -z "$REVERTING" ] && [ -e "$W.cancel" ]; }

# Before each act that changes something: the lock is still ours, and the link is what we last saw. If not, somebody has
# taken over, or has moved the link by hand, and this worker has no say any more.
guard() {
  holds_lock || give_up superseded "the stage was taken over"
  beat
  ! points_at "$LINK" "$expect" || return 0
  read_release "$LINK"
  [ "$RELEASE" = "$expect" ] || give_up moved "current points at ${RELEASE:-nothing}, not at ${expect:-nothing}"
}

give_up() {
  state unverified "$expect" "$2"
  finish "$@"
}

# The switch: one rename. A link left behind by a cut is never written through, since it is removed first. That what it points
# at is whole has to last as long as the link.
switch_to() {
  point "$HOME_/current" "../../releases/$1" || return 1
  sync_path "$HOME_" "$META/ledger/$1.json"
  expect=$1
}

# point LINK TARGET
point() {
  ! is_there "$1.new.$$" || rm -f -- "$1.new.$$" || return 1
  ln -s -- "$2" "$1.new.$$" && mv -T -- "$1.new.$$" "$1"
}

work_update() {
  # where to go back to: mostly what the link points at, but never a release that an interrupted rollout left unproven
  u_old=$expect u_back=${back-$expect}
  ! is_foreign "$LINK" || finish failed "$LINK is not a link to a release"
  guard
  ! is_cancelled || finish cancelled "nothing was changed"
  run_hooks before || finish failed "$WHY"
  guard
  read_service
  START_BEFORE=$START
  case $svc:$STATUS:$u_old in
    # without a release there is nothing yet that could know the status
    command:stopped:* | command:unknown:) ;;
    command:*)
      service_stop >>"$W.log" || note "it could not be stopped: $(tail -n 1 "$W.log")"
      state stopped "$u_old" ""
      ;;
  esac
  guard
  [ -n "$env_old" ] || [ ! -e "$HOME_/env" ] || env_old=$(cat "$HOME_/env")
  if write "$HOME_/env" "$env" && write_line "$HOME_/service" "$service_line" && switch_to "$release"; then
    state switched "$release" ""
    { run_release && run_hooks after; } || restore
  else
    WHY="the link could not be switched: $(tail -n 1 "$W.log")"
    state failed "$u_old" "$WHY"
    restore
  fi
  # nobody serves what it points at, so it need not be there at every moment
  [ -z "$u_back" ] || [ "$u_back" = "$release" ] || points_at "$HOME_/previous" "$u_back" ||
    ln -sfn -- "../../releases/$u_back" "$HOME_/previous"
  agree_on_current
  state updated "$release" "" "" "$PROOF"
  finish updated "$PROOF"
}

# The commands that hooks_before or hooks_after sets one after the other, in the new release with the environment that the instance
# will have. Fails with the reason in WHY.
run_hooks() {
  HOOKS=$1 WHY=
  "hooks_$1" run_hook
  [ -n "$WHY" ] || return 0
  [ "$1" = before ] || state failed "$expect" "$WHY"
  evidence "the hook ${1}Switch" "$k_rc"
  return 1
}

run_hook() {
  [ -z "$WHY" ] || return 0
  ! is_cancelled || { WHY=cancelled && return 0; }
  beat
  note "${HOOKS}Switch: $run"
  k_from=$(wc -c <"$W.log")
  (
    cd "$D/releases/$release" || exit 1
    own_locale
    set -a
    eval "$env"
    exec timeout -k 5 "$hook_timeout" sh -c "$run"
  ) >>"$W.log" 2>&1 </dev/null && return 0
  k_rc=$?
  WHY="the hook ${HOOKS}Switch failed with status $k_rc: $run: $(tail -n 1 "$W.log")"
  case $k_rc in 124 | 137 | 143) WHY="the hook ${HOOKS}Switch took longer than ${hook_timeout}s: $run" ;; esac
  emit log "$(tail -n 1 "$W.log")"
}

# Starts what the link points at, proves that it is a new start of that release, and waits for its health.
# Fails with the reason in WHY.
run_release() {
  guard
  WHY='' PROOF=unproven BODY='' OUTCOME='' ILL='' l_rc=0 h_crashes=0
  state starting "$expect" ""
  read_clock
  STARTED=$MS
  if service_start >>"$W.log"; then
    ! wait_healthy || { ILL='' && return 0; }
  else
    read_service
    WHY=$(tail -n 1 "$W.log")
    # where the unit itself has failed, systemctl only says where to look
    case $svc:$STATUS in systemd:failed | systemd:starting) WHY=$DETAIL ;; esac
    WHY="it could not be started: $WHY"
  fi
  state failed "$expect" "$WHY"
  evidence 'the start command' "$l_rc"
  return 1
}

# Back to what ran before, or, when nothing did, to nothing. A process that was never stopped is as good as a new one here.
restore() {
  REVERTING=yes u_why=$WHY
  [ -n "$u_back" ] || undo_first
  guard
  state reverting "$u_back" "$u_why"
  [ "$svc" != command ] || service_stop >>"$W.log" || :
  guard
  read_service
  read_runs
  START_BEFORE=$START
  [ "$RUNS" != "$u_back" ] || START_BEFORE=
  { [ "$expect" = "$u_back" ] || switch_to "$u_back"; } ||
    finish stuck "$u_why; and the link could not be switched back: $(tail -n 1 "$W.log")"
  write "$HOME_/env" "$env_old"
  if run_release; then
    state reverted "$u_back" "$u_why" "" "$PROOF"
    finish reverted "$u_why"
  fi
  finish stuck "$u_why; and the release before it did not come up either: $WHY"
}

undo_first() {
  guard
  state reverting "" "$u_why"
  if ! stop_for_good; then
    state failed "$expect" "$WHY"
    finish stuck "$u_why; and $WHY"
  fi
  guard
  rm -f -- "$LINK" "$HOME_/env"
  sync_path "$HOME_"
  state reverted "" "nothing ran before, nothing runs now"
  finish failed "$u_why"
}

# Stops the instance and sees to it that it stays so. Fails with the reason in WHY.
stop_for_good() {
  WHY=
  read_service
  [ "$STATUS" != none ] || return 0
  service_stop >>"$W.log" || WHY="it could not be stopped: $(tail -n 1 "$W.log")"
  read_service
  case $STATUS in running | starting) WHY=${WHY:-"it still runs: $DETAIL"} ;; *) WHY= ;; esac
  [ -z "$WHY" ] || return 1
  if [ "$svc" = systemd ]; then
    case $(is_enabled) in enabled) systemctl_do disable || note "the unit could not be disabled" ;; esac
  fi
}

# retire: an instance that is no longer wanted. Its folder goes last, so a cut leaves something to see.
work_retire() {
  guard
  if ! stop_for_good; then
    state failed "$expect" "$WHY"
    evidence 'the stop command' "$l_rc"
    finish failed "$WHY"
  fi
  guard
  rm -rf -- "${HOME_:?}"
  agree_on_current
  state retired "" ""
  finish retired ""
}

# Once all instances of this host point at one release, so does <deployTo>/current: for people, cron and web roots.
agree_on_current() {
  g_one=
  for g_ in "$D/instances/"*/current; do
    [ -L "$g_" ] || continue
    if [ -z "$g_one" ]; then
      read_release "$g_"
      g_one=$RELEASE
    else
      points_at "$g_" "$g_one" || return 0
    fi
  done
  [ -n "$g_one" ] && ! points_at "$D/current" "$g_one" || return 0
  [ ! -e "$D/current" ] || [ -L "$D/current" ] || return 0
  point "$D/current" "releases/$g_one"
}
