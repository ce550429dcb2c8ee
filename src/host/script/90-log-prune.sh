# shellcheck shell=sh disable=SC2034,SC2154
# Logs of one instance, the audit trail, and keeping the folder small.

# How this user may read the journal of the unit, into JOURNAL; empty when there is no right to.
read_journal_way() {
  JOURNAL=
  has journalctl || return 0
  if [ "$scope" = user ] || is_root; then
    JOURNAL=direct
    return 0
  fi
  for j_ in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do
    [ ! -r "$j_" ] || { JOURNAL=direct && return 0; }
  done
  ! may_sudo journalctl -o cat -n 50 -f -u "$unit" || JOURNAL=sudo
}

journal_of() {
  case $scope in
    user) journalctl --user -o cat "$@" --user-unit "$unit" ;;
    *) if [ "$JOURNAL" = sudo ]; then sudo -n journalctl -o cat "$@" -u "$unit"; else journalctl -o cat "$@" -u "$unit"; fi ;;
  esac
}

# log: follows the log of one instance until the client goes.
verb_log() {
  if [ "$svc" = systemd ]; then
    read_journal_way
    [ -n "$JOURNAL" ] || fail journal "$unit"
  fi
  lease
  log_follow 2>/dev/null 3>&- | while IFS= read -r l_line; do frame line "$l_line" || exit 1; done
}

log_follow() {
  case $svc in
    systemd) journal_of -n 50 -f ;;
    command) tail -n 50 -F "$D/instances/$I/log" ;;
  esac
}

# rollout: writes the frozen plan into the rollout's folder.
verb_rollout() {
  require_lock
  freeze_plan
}

freeze_plan() {
  mkdir -p -- "$META/rollouts/$rollout" || fail write "$META/rollouts"
  must_write "$META/rollouts/$rollout/plan.json" "$plan"
  sync_path "$META/rollouts/$rollout/plan.json"
}

# plan: rollout: its frozen plan, and how many of its release hooks have been run.
verb_plan() {
  read_line "$META/rollouts/$rollout/plan.json" || fail absent "plan of $rollout"
  frame line "$LINE"
  [ ! -f "$META/rollouts/$rollout/hooks" ] || frame hooks "$(wc -l <"$META/rollouts/$rollout/hooks")"
}

# events: rollout: the journal of it. Lines are many, and most hold a %: not each costs a process.
verb_events() {
  [ -f "$META/rollouts/$rollout/events.ndjson" ] || fail absent "journal of $rollout"
  sed -e 's/%/%25/g' -e "s/$TAB/%09/g" -e "s/^/@$N${TAB}line${TAB}/" "$META/rollouts/$rollout/events.ndjson" >&3
}

# analysed: rollouts whose journal holds an analysis.
verb_analysed() {
  grep -lF '"type":"analysis.started"' "$META/rollouts/"*/events.ndjson 2>/dev/null | while IFS= read -r e_; do
    e_=${e_%/events.ndjson}
    frame line "${e_##*/}"
  done
}

# history: the audit trail, oldest first.
verb_history() {
  [ -f "$META/history.ndjson" ] || return 0
  tail -n "$count" "$META/history.ndjson" | while IFS= read -r h_; do frame line "$h_"; done
}

# finish: what ends a rollout on this host, in one go: marks (release status, a line each), history (a JSON line), prune
# (releases, a line each), release_lock (yes or no), spare (yes: one is made for the next), journal (lines of the rollout's journal). A long journal comes on stdin
# instead, gzipped, as long as size says.
verb_finish() {
  require_lock
  [ "$size$journal" = 0 ] || take_journal || fail write "$META/rollouts/$rollout"
  while read -r m_release m_status; do
    # a release that this host never had needs no mark
    [ ! -f "$META/ledger/${m_release:-.}.json" ] || set_status "$m_release" "$m_status" || fail write "$META/ledger/$m_release.json"
  done <<END
$marks
END
  prune_cut
  while IFS= read -r p_; do [ -z "$p_" ] || prune_release "$p_"; done <<END
$prune
END
  prune_records
  [ -z "$history" ] || printf '%s\n' "$history" >>"$META/history.ndjson" || fail write "$META/history.ndjson"
  sync_tree "$META"
  [ "$release_lock" != yes ] || { any=no history='' && verb_unlock; }
  after=tidy_up
}

take_journal() {
  [ -d "$META/rollouts/$rollout" ] || mkdir -p -- "$META/rollouts/$rollout" || return 1
  case $size in
    0) printf '%s\n' "$journal" ;;
    *) head -c "$size" | gzip -dc ;;
  esac >>"$META/rollouts/$rollout/events.ndjson"
}

prune_release() {
  case $1 in '' | *[!A-Za-z0-9-]*) return 0 ;; esac
  ! is_used "$1" || return 0
  [ ! -e "$META/trash.$1" ] || rm -rf -- "$META/trash.$1"
  [ ! -d "$D/releases/$1" ] || mv -T -- "$D/releases/$1" "$META/trash.$1" || return 0
  frame pruned "$1"
}

# The host has the last word: what a link or a process uses stays.
is_used() {
  for p_link in "$D/instances/"*/current "$D/instances/"*/previous "$D/current"; do
    ! points_at "$p_link" "$1" || return 0
  done
  : "${P_IN_USE=$(releases_in_use)}"
  case $P_IN_USE in *"$NL$1$NL"*) return 0 ;; esac
  return 1
}

# Releases in which some process works or has its program, a line each between empty lines.
releases_in_use() {
  printf '\n'
  # shellcheck disable=SC2012
  ls -l /proc/[0-9]*/cwd /proc/[0-9]*/exe 2>/dev/null | folder=" -> $(cd "$D" && pwd -P)/releases/" awk '
    (at = index($0, ENVIRON["folder"])) { $0 = substr($0, at + length(ENVIRON["folder"])); sub(/[^A-Za-z0-9-].*/, ""); print }'
  printf '\n.'
}

# What a cut has left behind. What has arrived of an upload is gone on with by the next attempt, until one has succeeded.
prune_cut() {
  case $marks in *' good'*) for p_ in "$META/incoming/"*; do [ ! -e "$p_" ] || rm -rf -- "$p_"; done ;; esac
  for p_ in "$META/"trash.*; do [ ! -e "$p_" ] || rm -rf -- "$p_"; done
  for p_ in "$META/"lock.* "$META/"next.* "$META/"*.new "$META/"*/*.new; do
    [ ! -e "$p_" ] || find "$p_" -maxdepth 0 -mmin +60 -exec rm -rf -- {} + 2>/dev/null
  done
}

# What is noted of releases that are no longer there, and manifests that none of the others has; removed in one go.
prune_records() {
  p_known=
  set --
  for p_ in "$META/ledger/"*.json; do
    p_one=${p_##*/}
    p_one=${p_one%.json}
    case $NL$prune$NL in
      *"$NL$p_one$NL"*) [ -d "$D/releases/$p_one" ] || { set -- "$@" "$META/ledger/$p_one".* && continue; } ;;
    esac
    ! read_line "$p_" || p_known=$p_known$LINE
  done
  for p_ in "$META/manifests/"*; do
    case $p_known in *"\"digest\":\"${p_##*/}\""*) ;; *) set -- "$@" "$p_" ;; esac
  done
  [ "$#" = 0 ] || rm -f -- "$@"
}

# Bounds (twenty rollouts, two scripts) and the spare, a moment later: what others still do comes first. The lock is gone by
# then, so this keeps off all that a new rollout may write.
tidy_up() {
  (
    trap - EXIT
    sleep 1
    clear_away
    prune_rollouts "$META/rollouts/"*
    prune_scripts "$META"/host-*.sh
    [ "$spare" != yes ] || make_spare
  ) </dev/null >/dev/null 2>&1 3>&- &
}

# What was only moved out of the way; what a cut leaves of it goes next time.
clear_away() { rm -rf -- "$META/"trash.* "$META/lock.gone.$$"; }

# Their ids begin with their time, so names sort by age.
prune_rollouts() {
  while [ "$#" -gt 20 ]; do
    [ "${1##*/}" = "$rollout" ] || rm -rf -- "$1"
    shift
  done
}

prune_scripts() {
  [ "$#" -gt 2 ] || return 0
  # shellcheck disable=SC2012
  ls -1t "$@" | tail -n +3 | while IFS= read -r p_; do [ "$p_" = "$SELF" ] || rm -f -- "$p_"; done
}

# The worker runs this file itself; requests only read it.
if [ "${1-}" = worker ]; then
  # shellcheck source=/dev/null
  . "$2"
  worker
fi
