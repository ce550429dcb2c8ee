# shellcheck shell=sh disable=SC2034,SC2154
# One probe of one instance. Set by the request or the task: probe (http | tcp | command | running), url, want_status,
# want_body, tcp_host, tcp_port, command, timeout (whole seconds).
# SAID, when set, is a file for what a command says.
# Answers in: HEALTHY (yes | no), OUTCOME, LATENCY (ms or empty), BODY (the first bytes of an http answer).

probe_once() {
  HEALTHY=no OUTCOME='' LATENCY='' BODY=''
  case $probe in
    http) probe_http ;;
    tcp) probe_tcp ;;
    command) probe_command ;;
    running) probe_running ;;
  esac
}

probe_running() {
  OUTCOME=$STATUS
  if [ "$STATUS" = running ] || [ "$svc" = files ]; then HEALTHY=yes; fi
}

probe_command() {
  read_clock
  p_t0=$MS
  if [ -n "${SAID-}" ]; then heard "$SAID" "$timeout" "$command"; else in_instance "$timeout" "$command" >/dev/null 2>&1; fi &&
    p_rc=0 || p_rc=$?
  read_clock
  LATENCY=$((MS - p_t0)) OUTCOME="exit $p_rc"
  case $p_rc in
    0) HEALTHY=yes ;;
    124 | 143) OUTCOME="no answer in ${timeout}s" ;;
  esac
}

probe_tcp() {
  read_clock
  p_t0=$MS
  if tcp_connect 2>/dev/null; then HEALTHY=yes OUTCOME=open; else OUTCOME="no connection"; fi
  read_clock
  LATENCY=$((MS - p_t0))
}

tcp_connect() {
  if has python3; then
    timeout "$timeout" python3 -c 'import socket,sys;socket.create_connection((sys.argv[1],int(sys.argv[2])))' "$tcp_host" "$tcp_port"
  elif has node; then
    timeout "$timeout" node -e 'const[h,p]=process.argv.slice(1);require("net").connect(+p,h)
      .on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))' "$tcp_host" "$tcp_port"
  elif has perl; then
    # shellcheck disable=SC2016
    timeout "$timeout" perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1])' \
      "$tcp_host" "$tcp_port"
  elif has bash; then
    # shellcheck disable=SC2016
    timeout "$timeout" bash -c ': <>"/dev/tcp/$0/$1"' "$tcp_host" "$tcp_port"
  elif has curl; then
    # whatever comes of its request: time_connect is 0.000000 only when there was no connection
    [ -n "$(without_proxy && curl -q -s -m "$timeout" -o /dev/null -w '%{time_connect}' "http://$tcp_host:$tcp_port/" | tr -d '0.,')" ]
  else
    is_listened_to
  fi
}

# The kernel's own table, for hosts where wget is all there is: state 0A is LISTEN. It knows this host only.
is_listened_to() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf ':%04X' "$tcp_port")" \
    '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }'
}

probe_http() {
  read_clock
  p_t0=$MS
  p_answer=$(without_proxy && http_get 2>/dev/null)$NL
  read_clock
  LATENCY=$((MS - p_t0))
  p_status=${p_answer%%"$NL"*}
  BODY=${p_answer#*"$NL"}
  judge_answer
}

judge_answer() {
  OUTCOME=$p_status
  case $p_status in
    000 | '') OUTCOME="no answer in ${timeout}s or connection refused" BODY='' ;;
    2??) [ -n "$want_status" ] || HEALTHY=yes ;;
  esac
  [ -z "$want_status" ] || [ "$p_status" != "$want_status" ] || HEALTHY=yes
  [ "$HEALTHY" = yes ] && [ -n "$want_body" ] || return 0
  case $BODY in
    *"$want_body"*) ;;
    *) HEALTHY=no OUTCOME="$p_status, the body lacks: $want_body" ;;
  esac
}

# What runs here is not asked through a proxy. For subshells.
without_proxy() { unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY; }

# Prints the status code, a line end, and the first bytes of the body: `most`, or 20000. Redirections are answers, not to be followed.
http_get() {
  if has curl; then
    curl -q -s -i -m "$timeout" -- "$url" | split_answer
  elif has python3; then
    timeout "$timeout" python3 -c '
import sys, urllib.request, urllib.error
class Stay(urllib.request.HTTPRedirectHandler): redirect_request = lambda self, *a: None
try: r = urllib.request.build_opener(Stay).open(sys.argv[1])
except urllib.error.HTTPError as e: r = e
print(r.getcode()); sys.stdout.flush(); sys.stdout.buffer.write(r.read(int(sys.argv[2])))' "$url" "${most:-20000}"
  elif has wget; then
    http_wget
  elif has node; then
    timeout "$timeout" node -e 'const[u,n]=process.argv.slice(1);require(u.startsWith("https")?"https":"http").get(u,r=>{let b="";
      const tell=()=>{process.stdout.write(r.statusCode+"\n"+b.slice(0,n),()=>process.exit())};
      r.on("data",d=>{b+=d;if(b.length>n)tell()}).on("end",tell)}).on("error",()=>process.exit(1))' "$url" "${most:-20000}"
  elif has perl; then
    http_raw perl
  else
    http_raw bash
  fi
}

# An answer as it is on the wire, in the form that http_get prints. Answers before the answer (1xx) are passed over.
split_answer() {
  head -c "${most:-20000}" | tr -d '\r' | awk 'body { print; next }
    /^HTTP\// { code = $2 }
    $0 == "" && code ~ /^[2-9]/ { print code; body = 1 }'
}

# GNU wget shows the header with two spaces before each line, then the body. busybox wget knows none of these options, follows
# redirections whatever one says (their first answer counts), and drops the body of a failure.
http_wget() {
  if wget --version >/dev/null; then
    timeout "$timeout" wget -q -S -t 1 --max-redirect=0 --content-on-error -O - "$url" 2>&1 | head -c "${most:-20000}" | awk '
      NR == 1 { if (!/^  HTTP\//) exit; print $2; next }
      !body && /^  [A-Za-z0-9-]+:/ { next }
      { body = 1; print }'
  else
    w_status=$(timeout "$timeout" wget -S -O /dev/null "$url" 2>&1 | awk '$1 ~ /^HTTP\// { print $2; exit }')
    printf '%s\n' "$w_status"
    case $w_status in 2??) timeout "$timeout" wget -q -O - "$url" | head -c "${most:-20000}" ;; esac
  fi
}

# HTTP/1.0 by hand, for hosts with neither client: plain http only.
http_raw() {
  h_rest=${url#http://}
  h_host=${h_rest%%/*}
  h_path=/${h_rest#*/}
  [ "$h_rest" != "$h_host" ] || h_path=/
  h_port=${h_host##*:}
  [ "$h_port" != "$h_host" ] || h_port=80
  if [ "$1" = perl ]; then
    # shellcheck disable=SC2016
    timeout "$timeout" perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1]) or exit 1;
      $|=1;print $s "GET $ARGV[2] HTTP/1.0\r\nHost: $ARGV[0]\r\nConnection: close\r\n\r\n";print $b while sysread $s,$b,4096' \
      "${h_host%:*}" "$h_port" "$h_path"
  else
    # shellcheck disable=SC2016
    timeout "$timeout" bash -c 'exec 9<>"/dev/tcp/$0/$1" &&
      printf "GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n" "$2" "$0" >&9 && cat <&9' "${h_host%:*}" "$h_port" "$h_path"
  fi | split_answer
}

# The release that a health reply names ("release":"<id>"), into REPLY_RELEASE.
read_reply_release() {
  REPLY_RELEASE=
  case $BODY in
    *'"release":"'*) r_=${BODY#*'"release":"'} ;;
    *'"release": "'*) r_=${BODY#*'"release": "'} ;;
    *) return 0 ;;
  esac
  r_=${r_%%\"*}
  case $r_ in
    [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z-*) REPLY_RELEASE=$r_ ;;
  esac
}
