# shellcheck shell=sh disable=SC2034,SC2154
# probe: everything that planning and status want to know, in one answer. Changes nothing.
# The request defines each_instance FN, which sets the variables of one instance after the other and calls FN; each_proxy FN
# does so for the proxies on this host;
# shared_files (a line each), need_http and need_tcp (yes when an instance is probed so), with_rights (yes for a deploy).

verb_probe() {
  probe_host
  [ ! -f "$META/app.json" ] || { read_line "$META/app.json" && frame app "$LINE"; }
  probe_releases
  probe_lock
  ! read_line "$META/last" || frame last "$LINE"
  each_instance probe_instance
  probe_leftovers
  each_proxy probe_proxy
  [ "$with_rights" != yes ] || probe_needs
  [ "$spare" != yes ] || after=check_spare
}

probe_host() {
  read_wall
  h_ours=yes
  [ -d "$META/ledger" ] || h_ours=no
  know_name
  # no process where the kernel tells
  if read_line /proc/sys/kernel/arch; then LINE="Linux $LINE"; else LINE=$(uname -s -m); fi
  frame host "$NOW" "$USER_" "$LINE" "$h_ours"
  t_list=
  for t_ in tar gzip zstd awk sha256sum systemctl journalctl sudo setsid timeout curl wget python3 perl node bash; do
    has "$t_" && t_list="$t_list $t_"
  done
  # systemctl may be installed where something else runs the host
  [ ! -d /run/systemd/system ] || t_list="$t_list systemd"
  frame tools "$t_list"
  probe_disk
}

# The nearest folder that exists tells the free space of the disk that deployTo will be on.
probe_disk() {
  d_=$D
  while [ ! -d "$d_" ]; do d_=$(dirname -- "$d_"); done
  read_left
  d_write=yes
  [ -w "$d_" ] || d_write=no
  # no right would help there
  if [ "$d_write" = no ]; then
    read_mount "$d_"
    case ,$M_OPTIONS, in *,ro,*) d_write=never ;; esac
  fi
  frame disk "$d_free" "$d_inodes" "$d_write" "$d_"
}

# What is left for us of the disk, into d_free (KiB) and d_inodes, which is empty where a disk makes them as it needs them.
read_left() {
  d_free='' d_inodes=''
  read -r d_blocks d_size d_inodes d_nodes <<END
$(stat -f -c '%a %S %d %c' -- "$d_" 2>/dev/null)
END
  [ "$d_nodes" != 0 ] || d_inodes=
  case $d_blocks$d_size in
    '' | *[!0-9]*) d_free=$(df -Pk -- "$d_" | awk 'NR == 2 { print $4 }') ;;
    *) d_free=$((d_blocks * (d_size / 512) / 2)) ;;
  esac
}

probe_releases() {
  for l_ in "$META/ledger/"*.json; do
    read_line "$l_" || continue
    r_=${l_##*/}
    r_=${r_%.json}
    p_present=no
    p_digest=${LINE#*'"digest":"'}
    [ ! -d "$D/releases/$r_" ] || [ ! -s "$META/manifests/${p_digest%%\"*}" ] || p_present=yes
    frame release "$r_" "$p_present" "$LINE"
  done
}

probe_lock() {
  [ -d "$META/lock" ] || return 0
  # an empty folder is no lock: the next one replaces it
  [ -n "$(ls -A "$META/lock" 2>/dev/null)" ] || return 0
  read_line "$META/lock/owner.json" || LINE=
  frame lock "$LINE" "$(lock_age)"
}

# Seconds since the last beat, by this host's clock.
lock_age() {
  for b_ in "$META/lock/beat" "$META/lock/owner.json" "$META/lock"; do
    [ -e "$b_" ] || continue
    printf '%s' "$(($(date +%s) - $(mtime "$b_")))"
    return 0
  done
  printf '0'
}

probe_instance() {
  read_release "$D/instances/$I/current"
  i_current=$RELEASE
  read_release "$D/instances/$I/previous"
  i_previous=$RELEASE
  i_real=no
  [ -n "$i_current" ] || ! is_there "$D/instances/$I/current" || i_real=yes
  read_service
  read_runs
  HEALTHY='' OUTCOME='' LATENCY='' REPLY_RELEASE=''
  case $STATUS in
    running | starting)
      probe_once
      read_reply_release
      ;;
    none) [ "$svc" != files ] || [ "$probe" = running ] || probe_once ;;
  esac
  i_started='' i_busy=''
  [ -z "$PID" ] || i_started=$(started_at)
  [ ! -L "$D/instances/$I/.busy" ] || i_busy=$(busy_rollout)
  frame instance "$I" "$i_current" "$i_previous" "$i_real" "$STATUS" "$PID" "$i_started" "$RESTARTS" "$DETAIL" \
    "${RUNS:-$REPLY_RELEASE}" "$HEALTHY" "$OUTCOME" "$LATENCY" "$i_busy"
}

# Something that slipway did not make is in the place of a link: a folder, or a link to elsewhere.
is_foreign() {
  read_release "$1"
  [ -z "$RELEASE" ] && is_there "$1"
}

# Seconds since 1970 at which the process was started; empty when unknown. Field 22 of stat counts 1/100 s since boot.
started_at() {
  [ -n "$PID" ] && [ -r "/proc/$PID/stat" ] || return 0
  s_boot=$(awk '$1 == "btime" { print $2 }' /proc/stat)
  s_ticks=$(process_start "$PID")
  [ -z "$s_ticks" ] || printf '%s' "$((s_boot + s_ticks / 100))"
}

# Instances that are here though the request does not name them: a smaller count in hosts.json, or another role.
probe_leftovers() {
  p_known=$NL
  each_instance remember_instance
  for i_ in "$D/instances/"*/; do
    [ -L "${i_}current" ] || continue
    i_=${i_%/}
    i_=${i_##*/}
    case $p_known in *"$NL$i_$NL"*) continue ;; esac
    read_release "$D/instances/$i_/current"
    read_line "$D/instances/$i_/service" || LINE=
    frame leftover "$i_" "$RELEASE" "$LINE"
  done
}

remember_instance() { p_known=$p_known$I$NL; }

# What a deploy will need and what is missing, before anything is switched. "missing" stops it, "warning" does not.
need() { frame need "$@"; }

probe_needs() {
  [ "$d_write" != never ] || need missing readonly "$M_AT"
  for t_ in tar gzip awk sha256sum timeout head xargs sed; do has "$t_" || need missing tool "$t_"; done
  if [ "$need_http" = yes ] && ! { has curl || has wget || has python3 || has node || has perl || has bash; }; then
    need missing tool "curl (or wget, python3, node, perl, bash)"
  fi
  printf '%s\n' "$shared_files" | while IFS= read -r s_; do
    [ -z "$s_" ] || [ -e "$D/shared/$s_" ] || need missing shared "$s_"
  done
  if [ -e "$D/current" ] && [ ! -L "$D/current" ]; then need missing real "$D/current"; fi
  [ "$d_write" != yes ] || probe_folders
  probe_cut
  probe_detach
  p_lingers=
  each_instance probe_rights
}

# Folders of ours that somebody else has made: root, mostly, before there was a user for it. One word on them is enough.
probe_folders() {
  for p_ in "$META" "$META/ledger" "$META/manifests" "$META/rollouts" "$META/incoming" "$D/releases" "$D/instances" "$D/instances/"*; do
    { [ -d "$p_" ] && [ ! -w "$p_" ]; } || continue
    read_mount "$p_"
    case ,$M_OPTIONS, in
      *,ro,*) need missing readonly "$M_AT" ;;
      *) need missing denied "$p_" "$D" ;;
    esac
    return 0
  done
}

# Uploads that were cut off, or are under way.
probe_cut() {
  p_cut=0
  for p_ in "$META/incoming/"*; do [ ! -e "$p_" ] || p_cut=$((p_cut + 1)); done
  frame cut "$p_cut"
}

# Whether an update would live on when the connection goes: see detached. A mere switch needs no process of its own.
probe_detach() {
  p_detach=no
  each_instance wants_detached
  [ "$p_detach" = yes ] || return 0
  detach_method
  case $DETACH in
    none) need missing setsid "" ;;
    killed) know_name && need missing linger "$USER_" ;;
  esac
}

wants_detached() { [ "$svc" = files ] && [ "$probe" = running ] || p_detach=yes; }

probe_rights() {
  ! is_foreign "$D/instances/$I/current" || need missing real "$D/instances/$I/current"
  [ "$svc" = systemd ] || return 0
  [ "$scope" != user ] || probe_lingers
  read_service
  if [ "$STATUS" = none ]; then
    need missing unit "$unit" "$scope"
    return 0
  fi
  if [ "$scope" = system ] && ! is_root; then
    p_verbs="restart stop"
    case $(is_enabled) in disabled) p_verbs="enable $p_verbs" ;; esac
    for v_ in $p_verbs; do may_sudo systemctl "$v_" "$unit" || need missing sudo systemctl "$v_" "$unit"; done
    read_journal_way
    [ -n "$JOURNAL" ] || need warning journal "$unit"
  fi
}

# Units of a user end with the last session of it, and do not come back after a reboot, unless it lingers.
probe_lingers() {
  [ -z "$p_lingers" ] || return 0
  p_lingers=asked
  know_name
  [ -e "/var/lib/systemd/linger/$USER_" ] || need warning lingers "$USER_"
}

# sudo -l answers for exactly these words without running them; a rule that asks for a password does not count.
may_sudo() {
  has sudo && sudo -n -l -- "$@" >/dev/null 2>&1
}

# clock: the time here, as soon as it is asked for.
verb_clock() {
  read_wall
  frame clock "$NOW"
}
