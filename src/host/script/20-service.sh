# shellcheck shell=sh disable=SC2034,SC2154
# Services: how an instance is started and stopped, and what can be known of its process.
# Set by the request or the task for one instance: I (its name), svc (systemd | command | files), unit, scope, start, stop,
# status, pidfile.

as_root() {
  if is_root; then "$@"; else sudo -n "$@"; fi
}

systemctl_do() {
  case $scope in
    user) systemctl --user "$1" "$unit" ;;
    *) as_root systemctl "$1" "$unit" ;;
  esac
}

systemctl_show() {
  case $scope in
    user) systemctl --user show "$unit" -p "$1" ;;
    *) systemctl show "$unit" -p "$1" ;;
  esac
}

# Reads the state of the service into: STATUS (running starting stopped failed none unknown), PID, START (changes with
# every start), RESTARTS, RESULT (systemd's word for how it ended), DETAIL; and where systemd counts what all processes of the
# unit take, MEMORY and MEMORY_MAX (bytes) and CPU (ms since the start).
read_service() {
  STATUS=unknown PID='' START='' RESTARTS='' RESULT='' DETAIL='' MEMORY='' MEMORY_MAX='' CPU=''
  case $svc in
    systemd) read_systemd ;;
    command) read_command ;;
    files) STATUS=none ;;
  esac
}

read_systemd() {
  read_unit <<END
$(systemctl_show "$UNIT_FACTS" 2>/dev/null)
END
}

UNIT_FACTS=LoadState,ActiveState,SubState,MainPID,InvocationID,NRestarts,ExecMainCode,ExecMainStatus,Result,MemoryCurrent,MemoryMax,CPUUsageNSec

# What systemctl says of one unit, from stdin, up to the empty line that ends it.
read_unit() {
  u_load='' u_active='' u_sub='' u_code='' u_status=''
  while IFS='=' read -r u_key u_value; do
    case $u_key in
      '') break ;;
      LoadState) u_load=$u_value ;;
      ActiveState) u_active=$u_value ;;
      SubState) u_sub=$u_value ;;
      MainPID) PID=$u_value ;;
      InvocationID) START=$u_value ;;
      NRestarts) RESTARTS=$u_value ;;
      ExecMainCode) u_code=$u_value ;;
      ExecMainStatus) u_status=$u_value ;;
      Result) RESULT=$u_value ;;
      MemoryCurrent | MemoryMax | CPUUsageNSec) read_count ;;
    esac
  done
  [ "$PID" != 0 ] || PID=
  DETAIL="$u_active ($u_sub), result $RESULT, exit status $u_status"
  case $u_load in
    not-found) STATUS=none DETAIL="there is no unit $unit" ;;
    loaded)
      case $u_active in
        active) STATUS=running ;;
        activating | reloading) STATUS=starting ;;
        inactive | deactivating) STATUS=stopped ;;
        failed) STATUS=failed ;;
      esac
      ;;
    *) DETAIL="unit $unit is $u_load" ;;
  esac
}

# Without a limit it says infinity, without counting "[not set]"; older ones say 2^64 - 1 for both.
read_count() {
  case $u_value in '' | *[!0-9]* | 18446744073709551615) return 0 ;; esac
  case $u_key in
    MemoryCurrent) MEMORY=$u_value ;;
    MemoryMax) MEMORY_MAX=$u_value ;;
    CPUUsageNSec) CPU=$((u_value / 1000000)) ;;
  esac
}

read_command() {
  in_instance 10 "$status" >/dev/null 2>&1 && c_rc=0 || c_rc=$?
  case $c_rc in
    0) STATUS=running ;;
    3) STATUS=stopped ;;
    *) STATUS=unknown ;;
  esac
  DETAIL="the status command exits $c_rc"
  [ -n "$pidfile" ] && [ "$STATUS" = running ] || return 0
  read_line "$(expand_pidfile)" || return 0
  case $LINE in '' | *[!0-9]*) return 0 ;; esac
  c_start=$(process_start "$LINE")
  [ -z "$c_start" ] || PID=$LINE START=$LINE.$c_start
}

# A pid file may be given relative to the instance's folder.
expand_pidfile() {
  case $pidfile in
    /*) printf '%s' "$pidfile" ;;
    *) printf '%s' "$D/instances/$I/$pidfile" ;;
  esac
}

# When a process was started, in a form that only changes with the process: pids are used again. Empty when it is gone, or
# only waits for its parent to notice.
process_start() {
  if [ -r "/proc/$1/stat" ]; then
    ! read_process "$1" || printf '%s' "$P_START"
  else
    ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' '_'
  fi
}

# The same into P_START, and what it has had of a processor into P_CPU (ms), without a fork. Fails when it is gone.
read_process() {
  { IFS= read -r p_ <"/proc/$1/stat"; } 2>/dev/null || return 1
  # a name may hold line ends
  case $p_ in *") "*) ;; *) p_=$(cat "/proc/$1/stat" 2>/dev/null) ;; esac
  # shellcheck disable=SC2086
  set -- ${p_##*) }
  case ${1-} in Z | X | '') return 1 ;; esac
  # in 1/100 s: as user and in the kernel
  P_START=${20} P_CPU=$(((${12} + ${13}) * 10))
}

# What systemd does not count, of the main process alone; it stays empty where nothing tells.
read_load() {
  [ -z "$MEMORY" ] || [ -z "$CPU" ] || return 0
  [ -n "$PID" ] && [ -r "/proc/$PID/stat" ] && read_process "$PID" || return 0
  [ -n "$CPU" ] || CPU=$P_CPU
  [ -z "$MEMORY" ] || return 0
  { while read -r l_key l_value _; do
    [ "$l_key" != VmRSS: ] || { MEMORY=$((l_value * 1024)) && return 0; }
  done <"/proc/$PID/status"; } 2>/dev/null || return 0
}

# in_instance SECONDS COMMAND: one of the configured commands, in the instance's release with its environment. Its status
# is 124 (GNU) or 143 (busybox) when it took longer.
in_instance() {
  (
    cd "$D/instances/$I/current" 2>/dev/null || cd "$D" 2>/dev/null || cd / || exit 1
    own_locale
    set -a
    # shellcheck source=/dev/null
    [ ! -r "$D/instances/$I/env" ] || . "$D/instances/$I/env"
    LOG_FILE=$D/instances/$I/log
    PID_FILE=$(expand_pidfile)
    set +a
    exec timeout "$1" sh -c "$2" </dev/null 3>&- 4>&-
  )
}

# heard FILE SECONDS COMMAND: the same, with the first 2 KB of what it says in FILE. The rest is read, too, or saying much would
# end it; but a process that it leaves behind, with its output open, is not waited for.
heard() {
  o_rc=$(
    exec 5>&1
    {
      in_instance "$2" "$3" 2>&1 5>&- && o_=0 || o_=$?
      printf '%s' "$o_" >&5
    } | { timeout "$(($2 + 1))" dd bs=1 count=2048 2>/dev/null && timeout "$(($2 + 1))" cat >/dev/null; } >"$1" 5>&-
  )
  return "$o_rc"
}

# Each instance has one log of what its commands and their processes print; it starts anew when it has grown large. What a
# start command leaves behind writes there too, so it cannot hold our channel open.
logged_in_instance() {
  l_=$D/instances/$I/log
  [ ! -f "$l_" ] || [ "$(wc -c <"$l_")" -lt 10000000 ] || mv -f -- "$l_" "$l_.1"
  in_instance "$1" "$2" >>"$l_" 2>&1 && l_rc=0 || l_rc=$?
  case $l_rc in
    0) return 0 ;;
    124 | 143) printf 'the command took longer than %s s\n' "$1" ;;
    *) printf 'the command exits %s\n' "$l_rc" ;;
  esac
  return 1
}

# A stop may have to wait for running work; a start has until the deadline of the instance.
stop_limit() { if [ "$deadline" -ge 30000 ]; then start_limit; else printf '30'; fi; }

start_limit() { printf '%s' $(((deadline + 999) / 1000)); }

service_start() {
  case $svc in
    systemd)
      enable_unit
      # a release that kept crashing may have used up the unit's start limit: that must not hold up the one before it
      systemctl_do reset-failed >/dev/null 2>&1 || :
      systemctl_do restart || restart_when_allowed
      ;;
    command) logged_in_instance "$(start_limit)" "$start" ;;
    files) : ;;
  esac
}

# Who has no right to reset the limit has to wait until it has run out: after 10 s, unless the unit says otherwise.
restart_when_allowed() {
  read_clock
  s_until=$((MS + 60000)) s_told=
  while read_service; [ "$RESULT" = start-limit-hit ] && [ "$MS" -lt "$s_until" ] && holds_lock && ! is_cancelled; do
    [ -n "$s_told" ] || note "systemd lets $unit start only so often: waiting until it may start again"
    s_told=yes
    beat
    sleep 1
    read_clock
    STARTED=$MS
    ! systemctl_do restart || return 0
  done
  return 1
}

service_stop() {
  case $svc in
    systemd) systemctl_do stop ;;
    command) logged_in_instance "$(stop_limit)" "$stop" ;;
    files) : ;;
  esac
}

is_enabled() {
  case $scope in
    user) systemctl --user is-enabled "$unit" 2>/dev/null ;;
    *) systemctl is-enabled "$unit" 2>/dev/null ;;
  esac
}

# An instance has to come back after a reboot. A unit without [Install] ("static") says by itself when it starts.
enable_unit() {
  case $(is_enabled) in
    disabled) systemctl_do enable >/dev/null 2>&1 || note "the unit is not enabled: it will not start after a reboot" ;;
  esac
}

# What the process of this instance runs, into RUNS: a release id, or empty when nothing tells. In order: the folder it
# works in, its executable, its command line.
read_runs() {
  RUNS=
  [ -n "$PID" ] && [ -d "/proc/$PID" ] || return 0
  r_home=$(cd "$D" && pwd -P)
  for r_path in "$(readlink "/proc/$PID/cwd" 2>/dev/null)" "$(readlink "/proc/$PID/exe" 2>/dev/null)" \
    "$(tr '\0' '\n' <"/proc/$PID/cmdline" 2>/dev/null | grep -F "$r_home/releases/" | head -n 1)"; do
    case $r_path in
      "$r_home/releases/"*)
        RUNS=${r_path#"$r_home/releases/"}
        RUNS=${RUNS%%/*}
        RUNS=${RUNS%% (deleted)}
        return 0
        ;;
    esac
  done
}
