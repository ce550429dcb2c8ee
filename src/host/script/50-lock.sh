# shellcheck shell=sh disable=SC2034,SC2154
# The lock of a stage on this host: .slipway/lock/owner.json says who, beat's mtime says when the owner last lived.
# It is made under another name and renamed into place: rename(2) onto a folder that is not empty fails, so exactly one
# of many wins, and a lock is never without its owner file.

holds_lock() {
  read_line "$META/lock/owner.json" 2>/dev/null || return 1
  case $LINE in *"\"rollout\":\"$rollout\""*) ;; *) return 1 ;; esac
}

require_lock() { holds_lock || fail superseded; }

# true, for a redirection that fails ends the shell with ":", and the lock may be moved away at any moment.
beat() { true >"$META/lock/beat"; } 2>/dev/null

# lock: owner (JSON), app, stage; dead = rollout whose owner the client knows to be gone; force = rollout to take over
# though it lives; takes = rollout whose paused lock may be taken; plan = frozen with it, or empty; look = yes: the answer of a probe follows once it is ours,
# unless the last one who had it was seen before (seen), when nobody had it: then nothing has changed since.
verb_lock() {
  lock_prepare
  l_mine=$META/lock.$rollout
  [ ! -e "$l_mine" ] || rm -rf -- "$l_mine"
  mkdir "$l_mine" || fail denied "$META"
  # nobody sees it yet, so it need not be whole at once
  { printf '%s\n' "$owner" >"$l_mine/owner.json" && true >"$l_mine/beat"; } 2>/dev/null || fail write "$l_mine"
  if mv -T -- "$l_mine" "$META/lock" 2>/dev/null; then
    frame lock taken
  else
    lock_contend
  fi
  holds_lock || return 0
  [ -z "$plan" ] || freeze_plan
  read_line "$META/last" || LINE=
  l_last=$LINE
  printf '%s\n' "$rollout" >"$META/last" || fail write "$META/last"
  [ "${look-}" != yes ] || { [ -n "$seen" ] && [ "$l_last" = "$seen" ]; } || verb_probe
}

lock_prepare() {
  # an empty one was cut off when it was made
  if [ -s "$META/app.json" ]; then
    read_line "$META/app.json"
    [ "$LINE" = "{\"app\":\"$app\",\"stage\":\"$stage\"}" ] || fail foreign "$LINE"
  fi
  for l_ in "$D/releases" "$D/shared" "$D/instances" "$META/ledger" "$META/manifests" "$META/rollouts" "$META/incoming"; do
    [ -d "$l_" ] || mkdir -p -- "$l_" || fail denied "$D"
  done
  [ -s "$META/app.json" ] || must_write "$META/app.json" "{\"app\":\"$app\",\"stage\":\"$stage\"}"
  install_script || { has sha256sum || fail tool sha256sum; } || fail install
}

# Somebody has it. A takeover reads the owner again under a mutex, so that two who saw the same dead owner cannot both win.
lock_contend() {
  if ! mkdir "$META/lock.takeover" 2>/dev/null; then
    # left behind by a cut: whoever comes next finds it gone
    [ $(($(date +%s) - $(mtime "$META/lock.takeover"))) -lt 30 ] || rmdir "$META/lock.takeover" 2>/dev/null
    lock_refuse
    return 0
  fi
  l_age=$(lock_age)
  read_line "$META/lock/owner.json" || LINE=
  l_owner=$LINE
  if mv -T -- "$l_mine" "$META/lock" 2>/dev/null; then
    # it was released in between
    frame lock taken
  elif lock_may_be_taken && lock_take_over; then
    frame lock takenOver "$l_owner" "$l_age"
  else
    lock_refuse
  fi
  rmdir "$META/lock.takeover" 2>/dev/null || :
}

# A paused lock waits for a person and does not age: only its own rollout's way on or back (takes), or force, takes it.
lock_may_be_taken() {
  ! is_owned_by "$force" || return 0
  case $l_owner in
    *'"state":"paused"'*) is_owned_by "$takes" ;;
    *) is_owned_by "$dead" || [ "$l_age" -ge "${stale:-60}" ] ;;
  esac
}

is_owned_by() {
  [ -n "$1" ] || return 1
  case $l_owner in *"\"rollout\":\"$1\""*) ;; *) return 1 ;; esac
}

# What is moved away has to be what was judged, and may be put back: a mutex that was thought stale proves nothing.
lock_take_over() {
  l_dead=$META/lock.dead.$rollout
  rm -rf -- "$l_dead"
  mv -T -- "$META/lock" "$l_dead" 2>/dev/null || return 1
  read_line "$l_dead/owner.json" || LINE=
  [ "$LINE" = "$l_owner" ] && l_from=$l_mine || l_from=$l_dead
  mv -T -- "$l_from" "$META/lock" 2>/dev/null || l_from=
  rm -rf -- "$l_dead"
  [ "$l_from" = "$l_mine" ] || return 1
  [ -n "${history-}" ] || return 0
  l_old=${l_owner#*'"rollout":"'}
  l_old=${l_old%%\"*}
  case $l_old in *[!A-Za-z0-9-]*) l_old= ;; esac
  printf '%s%s%s\n' "${history%%@*}" "$l_old" "${history#*@}" >>"$META/history.ndjson"
}

lock_refuse() {
  read_line "$META/lock/owner.json" || LINE=
  frame lock refused "$LINE" "$(lock_age)"
  rm -rf -- "$l_mine"
}

# unlock: rollout to release; any = yes releases whoever holds it.
verb_unlock() {
  [ -d "$META/lock" ] || {
    frame lock none
    return 0
  }
  if [ "$any" != yes ] && ! holds_lock; then
    lock_refuse_unlock
    return 0
  fi
  read_line "$META/lock/owner.json" || LINE=
  # renamed first: nobody ever sees a lock that is half gone
  ! mv -T -- "$META/lock" "$META/lock.gone.$$" || after=clear_away
  frame lock released "$LINE"
  [ -z "$history" ] || printf '%s\n' "$history" >>"$META/history.ndjson"
}

lock_refuse_unlock() {
  read_line "$META/lock/owner.json" || LINE=
  frame lock refused "$LINE" "$(lock_age)"
}

# own: writes a new owner.json for a lock that is ours (held, paused).
verb_own() {
  require_lock
  must_write "$META/lock/owner.json" "$owner"
}

# control: lives as long as the controller. A line on stdin is "b" (a beat, answered with ok) or "e <json>" (a line for the journal);
# new lines of the rollout's control file are sent on within two seconds: that is how another terminal reaches it.
verb_control() {
  c_dir=$META/rollouts/$rollout
  { mkdir -p -- "$c_dir" && true >>"$c_dir/control"; } || fail write "$c_dir"
  (
    c_seen=0
    trap - EXIT
    # a killed parent cannot end us; and what sleeps must not hold the channel open
    while kill -0 $$ && sleep 2 3>&-; do
      c_all=$(wc -l <"$c_dir/control" 2>/dev/null) || break
      [ "$c_all" -gt "$c_seen" ] || continue
      tail -n "+$((c_seen + 1))" "$c_dir/control" | head -n "$((c_all - c_seen))" |
        while IFS= read -r c_line; do frame control "$c_line"; done
      c_seen=$c_all
    done
  ) >/dev/null 2>&1 &
  c_watch=$!
  while IFS= read -r c_line; do
    case $c_line in
      b)
        ! holds_lock || beat
        frame ok
        ;;
      'e '*) printf '%s\n' "${c_line#e }" >>"$c_dir/events.ndjson" ;;
    esac
  done
  kill "$c_watch" 2>/dev/null || :
}

# tell: rollout, line: something for whoever runs the rollout, which holds the lock as long as it does.
verb_tell() {
  require_lock
  c_dir=$META/rollouts/$rollout
  { { [ -d "$c_dir" ] || mkdir -p -- "$c_dir"; } && printf '%s\n' "$line" >>"$c_dir/control"; } || fail write "$c_dir"
}

# answer: rollout, id: what was said to that in the journal.
verb_answer() {
  a_line=$(grep -F -- "\"type\":\"rollout.asked\",\"id\":\"$id\"" "$META/rollouts/$rollout/events.ndjson" 2>/dev/null | head -n 1)
  if [ -n "$a_line" ]; then frame line "$a_line"; else require_lock; fi
}

# The script installs itself under the hash of its text, so that a host keeps what every request needs. SCRIPT is set
# when it came over the wire. A folder that is not there yet, or not ours to write, gets none.
install_script() {
  [ -n "${SCRIPT-}" ] && [ -d "$META" ] || return 0
  printf '%s\n' "$SCRIPT" >"$SELF.$$.new" || return 1
  if ! has_sum "$SELF.$$.new" "$script_sum"; then
    rm -f -- "$SELF.$$.new"
    return 1
  fi
  sync_path "$SELF.$$.new"
  mv -f -- "$SELF.$$.new" "$SELF" && SCRIPT=
}

is_installed() { [ -s "$SELF" ] && has_sum "$SELF" "$script_sum"; }
