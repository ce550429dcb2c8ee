#!/bin/sh
# Starts and stops the greeter where no service manager does.
#   PID_FILE=… [LOG_FILE=../bot.log] ctl.sh start|stop|status
# status exits 0 when it runs and 3 when not. What is in the environment (PORT, SLIPWAY_RELEASE, GREETER_*) is the bot's.
set -u

fail() {
  printf 'ctl.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

# The shell keeps the path it came by, so `..` of …/bot.1/current is bot.1, although the kernel's is releases.
absolute() {
  case $1 in
    /*) printf '%s\n' "$1" ;;
    ../*) printf '%s\n' "${PWD%/*}/${1#../}" ;;
    *) printf '%s\n' "$PWD/$1" ;;
  esac
}

# The bot carries the path of its pid file as an argument: a pid that went to another process, even to another
# instance of the bot, is not taken for it. A zombie has no arguments left, so it counts as gone.
arguments_of() {
  if [ -d /proc/self ]; then
    2>/dev/null tr '\0' ' ' <"/proc/$1/cmdline"
  else
    ps -ww -o args= -p "$1" 2>/dev/null
  fi
}

# What starts it carries the same arguments until it has become it, or failed to.
is_ours() {
  case "$(arguments_of "$1") " in
    setsid\ * | nohup\ *) return 1 ;;
    *" $mark "*) return 0 ;;
    *) return 1 ;;
  esac
}

# Sets pid to the running bot's, or returns 1.
find_bot() {
  pid=
  [ -f "$pid_file" ] && read -r pid <"$pid_file"
  case $pid in
    '' | *[!0-9]*) return 1 ;;
    *) is_ours "$pid" ;;
  esac
}

nap() {
  sleep 0.1 2>/dev/null || sleep 1
}

# Returns 0 once the bot is gone, 1 when it is still there after so many seconds.
wait_gone() {
  end=$(($(date +%s) + $1))
  while is_ours "$pid"; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    nap
  done
}

start() {
  if find_bot; then
    echo "already running, pid $pid"
    return
  fi
  # A place that cannot be written shows now, not when a bot runs that nobody can find again.
  true >"$pid_file.new" || fail "cannot write $pid_file"
  true >>"$log_file" || fail "cannot write $log_file"
  # A session of its own: no hangup and no terminal signal reaches it, and no channel stays open for its sake.
  command -v setsid >/dev/null 2>&1 && detach='setsid' || detach='nohup'
  "$detach" node "$(pwd -P)/server.js" "$mark" </dev/null >>"$log_file" 2>&1 &
  pid=$!
  echo "$pid" >"$pid_file.new" && mv -f "$pid_file.new" "$pid_file"
  end=$(($(date +%s) + 5))
  until is_ours "$pid"; do
    kill -0 "$pid" 2>/dev/null || fail "it ended at once; see $log_file"
    [ "$(date +%s)" -lt "$end" ] || fail "pid $pid does not become the bot; see $log_file"
    nap
  done
  echo "started, pid $pid"
}

stop() {
  if find_bot; then
    kill -TERM "$pid" || fail "cannot signal pid $pid"
    if ! wait_gone "${STOP_SECONDS:-10}"; then
      echo "pid $pid ignores SIGTERM: killed"
      kill -KILL "$pid"
      wait_gone 5 || fail "pid $pid is still there"
    fi
  fi
  rm -f "$pid_file"
  echo stopped
}

status() {
  if find_bot; then
    echo "running, pid $pid"
  else
    echo stopped
    exit 3
  fi
}

case $0 in */*) CDPATH='' cd -L -- "${0%/*}/" || exit ;; esac
[ -n "${PID_FILE:-}" ] || fail 'PID_FILE must name the pid file' 2
# Two instances of one release must not share a pid file.
case $PID_FILE:${PWD%/*} in
  ../*:*/releases) fail "PID_FILE must be an absolute path: this is no instance's folder but $PWD" 2 ;;
esac
pid_file=$(absolute "$PID_FILE")
log_file=$(absolute "${LOG_FILE:-../bot.log}")
mark="--pid-file=$pid_file"

case ${1:-} in
  start | stop | status) "$1" ;;
  *) fail 'usage: PID_FILE=… ctl.sh start|stop|status' 2 ;;
esac
