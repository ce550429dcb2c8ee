# shellcheck shell=sh disable=SC2034,SC2154
# Traffic: what a proxy on this host says of the servers that stand for instances, and how it is told which of them take
# traffic. Set by the request for one proxy: proxy (its kind), role, socket, backend, servers (their names, a line each).
# An adapter is two functions. <kind>_read prints "= admin" when the proxy lets us change it (any other word when not, nothing
# when it does not answer), then a line for each server: its name, what is wanted of it (ready drain maint), whether it is up
# by the proxy's own checks (up down), its weight, its sessions, whether it is checked at all (1 0).
# <kind>_set TEXT takes lines of a name and what is wanted, and carries them out in their order.

haproxy_client() {
  if has socat; then
    HAPROXY_CLIENT=socat
  elif has nc && nc -h 2>&1 | grep -q -e '-[0-9A-Za-z]*U'; then
    HAPROXY_CLIENT=nc
  else
    HAPROXY_CLIENT=
    for v_ in perl python3 node; do has "$v_" && HAPROXY_CLIENT=$v_ && return 0; done
    return 1
  fi
}

haproxy_say() {
  haproxy_client || return 1
  # shellcheck disable=SC2016
  case $HAPROXY_CLIENT in
    socat) printf '%s\n' "$1" | timeout 5 socat -t 5 - "UNIX-CONNECT:$socket" ;;
    nc) printf '%s\n' "$1" | timeout 5 nc -U "$socket" ;;
    perl) timeout 5 perl -MIO::Socket::UNIX -e '$s=IO::Socket::UNIX->new(Peer=>$ARGV[0]) or exit 1;$|=1;
      $s->print("$ARGV[1]\n");$s->flush;print $b while sysread $s,$b,65536' "$socket" "$1" ;;
    python3) timeout 5 python3 -c '
import socket,sys
s=socket.socket(socket.AF_UNIX);s.connect(sys.argv[1]);s.sendall(sys.argv[2].encode()+b"\n");d=b"\n"
while d: d=s.recv(65536);sys.stdout.buffer.write(d)' "$socket" "$1" ;;
    node) timeout 5 node -e 'const[p,c]=process.argv.slice(1);require("net").connect(p,function(){this.write(c+"\n")})
      .on("error",()=>process.exit(1)).pipe(process.stdout)' "$socket" "$1" ;;
  esac 2>/dev/null
}

# What a server is meant to do is in its admin state (1 2 32 64: maintenance, 8 16: drain), how it is in its status: a
# drained server goes on being checked, and one that has left maintenance counts as up before it was asked once ("UP 1/2").
# The status is asked of all backends: by name it would be that of a frontend with the same one.
haproxy_read() {
  haproxy_say "show cli level;show servers state $backend;show stat -1 4 -1" | awk -v backend="$backend" '
    function has(sum, bit) { return int(sum / bit) % 2 }
    /^# be_id / { for (i = 2; i <= NF; i++) at[$i] = i - 1; table = "state"; next }
    /^# pxname,/ { n = split(substr($0, 3), name, ","); for (i = 1; i <= n; i++) at[name[i]] = i; table = "stat"; next }
    NF == 0 { table = "" }
    table == "state" {
      sum = $at["srv_admin_state"]
      drained = has(sum, 8) || has(sum, 16)
      off = has(sum, 1) || has(sum, 2) || has(sum, 32) || has(sum, 64)
      wanted[$at["srv_name"]] = off ? "maint" : drained ? "drain" : "ready"
      checked[$at["srv_name"]] = has($at["srv_check_state"], 2)
    }
    table == "stat" {
      split($0, field, ",")
      server = field[at["svname"]]
      up = field[at["status"]] ~ /^(UP|DRAIN|no check)$/ ? "up" : "down"
      if (field[at["pxname"]] == backend && server in wanted) print server, wanted[server], up, field[at["weight"]], field[at["scur"]], checked[server]
    }
    table == "" && /^[a-z]+$/ { print "=", $0 }'
}

haproxy_set() {
  v_orders=
  while read -r v_name v_wanted; do
    [ -z "$v_name" ] || v_orders="$v_orders;set server $backend/$v_name state $v_wanted"
  done <<END
$1
END
  [ -z "$v_orders" ] || haproxy_say "${v_orders#;}" >/dev/null
}

# Reads the proxy into LEVEL and SERVERS.
read_proxy() {
  SERVERS=$("${proxy}_read")
  LEVEL=${SERVERS%%"$NL"*}
  LEVEL=${LEVEL#= }
}

# What SERVERS says of one: WANTED, UP, WEIGHT, SESSIONS, CHECKED. Fails when it says nothing.
find_server() {
  v_=$NL$SERVERS$NL
  case $v_ in *"$NL$1 "*) v_=${v_#*"$NL$1 "} ;; *) return 1 ;; esac
  read -r WANTED UP WEIGHT SESSIONS CHECKED <<END
${v_%%"$NL"*}
END
}

tell_servers() {
  for v_server in $servers; do
    ! find_server "$v_server" || frame traffic "$role" "$v_server" "$WANTED" "$UP" "$WEIGHT" "$SESSIONS"
  done
}

probe_proxy() {
  read_proxy
  tell_servers
  [ "$with_rights" = yes ] || return 0
  if [ -z "$LEVEL" ]; then
    if [ -S "$socket" ] && [ ! -w "$socket" ]; then need missing socket "$socket"
    elif "${proxy}_client"; then need missing proxy "$socket"
    else need missing tool "socat (or nc -U, perl, python3, node)"
    fi
    return 0
  fi
  [ "$LEVEL" = admin ] || need missing level "$socket" "$LEVEL"
  for v_server in $servers; do
    find_server "$v_server" || { need missing server "$backend" "$v_server" && continue; }
    [ "$CHECKED" = 1 ] || need warning check "$backend" "$v_server"
  done
}

# traffic: rollout; the servers of one proxy in `ready` are to take traffic, those in `drain` no more. Nothing is changed
# before `enough` (all, one) of the first are up; then those take it before the others lose it. The answer is what the proxy
# says afterwards, and whether it was done. To be asked again until it was; doing it twice does no harm.
verb_traffic() {
  require_lock
  read_proxy
  case $LEVEL in
    admin) ;;
    '') fail socket "$socket" ;;
    *) fail level "$socket" "$LEVEL" ;;
  esac
  v_were='' v_be='' v_count=0 v_up=0 v_rested=
  for v_server in $ready $drain; do
    find_server "$v_server" || fail server "$backend" "$v_server"
    v_were="$v_were$v_server $WANTED$NL"
  done
  for v_server in $ready; do
    find_server "$v_server"
    v_count=$((v_count + 1)) v_be="$v_be$v_server ready$NL"
    [ "$UP" != up ] || v_up=$((v_up + 1))
    # it is not checked there
    [ "$WANTED" != maint ] || v_rested="$v_rested$v_server drain$NL"
  done
  for v_server in $drain; do
    find_server "$v_server"
    [ "$WANTED" != ready ] || v_be="$v_be$v_server drain$NL"
  done
  v_done=no
  if [ "$v_up" = "$v_count" ] || { [ "$enough" = one ] && [ "$v_up" -gt 0 ]; }; then
    "${proxy}_set" "$v_be"
    v_done=yes
  else
    "${proxy}_set" "$v_rested"
  fi
  read_proxy
  [ "$v_done" = no ] || is_shifted || { "${proxy}_set" "$v_were" && fail unshifted "$socket" "$backend"; }
  tell_servers
  frame shifted "$v_done"
}

is_shifted() {
  for v_server in $ready; do find_server "$v_server" && [ "$WANTED" = ready ] || return 1; done
  for v_server in $drain; do find_server "$v_server" && [ "$WANTED" != ready ] || return 1; done
}
