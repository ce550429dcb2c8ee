# shellcheck shell=sh disable=SC2034,SC2154
# The spare: .slipway/next/tree, a copy by links of the release that this host runs. It is made when a rollout is over and nobody
# waits, so that the next upload has a tree to be laid over at once. next/of says of which release.

# Where a prepare step may write into files, links are no copy; the client does not ask then. What is there by that name is
# whole: the rename comes last, and after what it is about.
make_spare() {
  read_release "$D/current"
  s_of=$RELEASE
  [ -n "$s_of" ] || return 0
  ! { read_line "$META/next/of" && [ "$LINE" = "$s_of" ]; } || return 0
  s_new=$META/next.$N copy=no
  # moved first: an upload may be about to take it
  ! mv -T -- "$META/next" "$META/trash.$N" 2>/dev/null || rm -rf -- "$META/trash.$N"
  {
    mkdir -p -- "$s_new/new" && copy_tree "$D/releases/$s_of" "$s_new/tree" linked && printf '%s\n' "$s_of" >"$s_new/of" &&
      sync_path "$s_new" && mv -T -- "$s_new" "$META/next"
  } || rm -rf -- "$s_new"
}

# What is written into a file of the release is written into the spare, too: so all of the release has to be what its manifest
# says, and nothing else. This is found out once a probe has been answered, while the client plans.
check_spare() {
  read_release "$D/current"
  s_of=$RELEASE drop=$shared_files$NL$shared_dirs
  [ -n "$s_of" ] && read_line "$META/next/of" && [ "$LINE" = "$s_of" ] && read_line "$META/ledger/$s_of.json" || return 0
  r_list=${LINE#*'"digest":"'}
  r_list=$META/manifests/${r_list%%\"*}
  ! is_as_sent "$D/releases/$s_of" || exit "$SPARE_CHECKED"
} 2>/dev/null

# A request is a process of its own: this status tells the shell, which later requests know it from.
SPARE_CHECKED=100
remember_spare() {
  read_line "$META/next/of"
  read_clock
  CHECKED="$LINE $MS"
}

# For awk: whether a name is one of shared, below one, or above one.
IS_SHARED='
function is_shared(name,  i) {
for (i in shared)
if (shared[i] != "" && (name == shared[i] || index(name, shared[i] "/") == 1 || index(shared[i], name "/") == 1)) return 1
}
'

# Whether tree $1 is what list r_list says, by the same signs as in take_over. Only GNU's find is quick enough; a name with
# escapes is left to those who look closer.
is_as_sent() {
  (cd "$1" && find . ! -type d -printf '%y%m %s %Ts %P\n') | drop=$drop awk "$IS_SHARED"'
    BEGIN { split(ENVIRON["drop"], shared, "\n") }
    { name = substr($0, length($1 $2 $3) + 4) }
    is_shared(name) { next }
    from == "list" && !index(name, "%") {
      want[($2 == "link" ? "l777 " : $2 == "executable" ? "f755 " : "f644 ") $3 " " name]
      wanted++
      next
    }
    from == "host" && ($1 " " $2 " " name) in want && ($1 == "l777" || $3 == 946684800) { seen++; next }
    { wanted = -1; exit }
    END { exit seen != wanted }' from=list "$r_list" from=host -
}

# Longer ago it says nothing any more.
CHECKED_MS=3000

# The spare becomes the folder of this upload.
use_spare() {
  [ -n "$base" ] && [ -z "$kept" ] && [ "${CHECKED% *}" = "$base" ] || return 1
  read_clock
  [ $((MS - ${CHECKED#* })) -lt "$CHECKED_MS" ] && read_line "$META/next/of" && [ "$LINE" = "$base" ] || return 1
  mv -T -- "$META/next" "$r_in" 2>/dev/null || return 1
  drop_old_links
  r_spare=yes
}
