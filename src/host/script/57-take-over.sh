# shellcheck shell=sh disable=SC2034,SC2154
# What a release takes over from its base is what the manifest says, or is told; and why a disk takes nothing more.

# What stays of the copy has to be what the manifest says: its size, its mode, and the time that every file is sent with, for
# whatever is written to has another. Only files with another time are hashed. What the manifest does not know is removed;
# where nothing is prepared, so is what has come into the release since, and it is told.
take_over() {
  t_=$r_in/control
  (cd "$r_in" && find new tree ! -type d -exec stat -c '%s %Y %f %n' {} +) 2>/dev/null | compare_trees
  [ ! -e "$t_/doubt" ] || (cd "$r_in" && sha256sum -c control/doubt 2>/dev/null) |
    sed -n 's/^tree\/\(.*\): FAILED.*$/\1/p' >>"$t_/differs"
  [ ! -s "$t_/differs" ] || return 1
  remove_listed gone || refuse_upload layover
  [ ! -e "$t_/emptied" ] || tr '\n' '\0' <"$t_/emptied" | (cd "$r_in/tree" && xargs -0 rmdir -p --) 2>/dev/null
  [ ! -e "$t_/left" ] || sed -e 's/%/%25/g' -e "s/^/@$N${TAB}left${TAB}/" "$t_/left" >&3
}

# Reads "size time mode name" for each file, those of new/ before those of tree/. A name of several lines comes in pieces
# that mean nothing here: such files are always sent.
compare_trees() {
  drop=$drop to=$r_in/control/ copy=$copy awk "$IS_SHARED"'
    BEGIN {
      split(ENVIRON["drop"], shared, "\n")
      for (i in shared) if (shared[i] != "") parents_of(shared[i])
      to = ENVIRON["to"]
      for (i = 1; i < 256; i++) char[sprintf("%02X", i)] = sprintf("%c", i)
    }
    function parents_of(name) {
      while (match(name, /\/[^\/]*$/)) {
        name = substr(name, 1, RSTART - 1)
        if (name in folder) return
        folder[name]
      }
    }
    function goes(name) {
      print name > (to "gone")
      if (match(name, /\/[^\/]*$/)) emptied[substr(name, 1, RSTART - 1)]
    }
    {
      name = $0
      sub(/^[^ ]* [^ ]* [^ ]* /, "", name)
    }
    from != "host" {
      rest = escaped = name
      for (name = ""; (at = index(rest, "%")) > 0; rest = substr(rest, at + 3))
        name = name substr(rest, 1, at - 1) char[substr(rest, at + 1, 2)]
      name = name rest
      if ((at = index(name, "\n")) > 0) piece[substr(name, 1, at - 1)]
    }
    from == "old" { old[name] }
    from == "new" {
      parents_of(name)
      if (at > 0 || is_shared(name)) next
      want[name] = $3 " " ($2 == "link" ? "a1ff" : $2 == "executable" ? "81ed" : "81a4")
      sum[name] = $1
      as[name] = escaped
    }
    from != "host" { next }
    sub(/^new\//, "", name) { sent[name]; next }
    !sub(/^tree\//, "", name) { next }
    name in sent { print name > (to "replaced"); next }
    name in want {
      same = $3 == "a1ff" || $2 == 946684800
      if ($1 " " $3 != want[name] || (!same && name != as[name])) next
      seen[name]
      if (!same) print sum[name] "  tree/" name > (to "doubt")
      next
    }
    is_shared(name) || name in piece { next }
    name in old { goes(name); next }
    ENVIRON["copy"] != "yes" || name in folder { goes(name); print name > (to "left") }
    END {
      for (name in want) if (!(name in sent) && !(name in seen)) print as[name] > (to "differs")
      for (name in emptied) print name > (to "emptied")
    }' from=new "$r_list" from=old "$r_old" from=host -
}

# Why nothing can be written below deployTo, into WHY; empty when it can. FREE is what is left, KB. Told by what the disk is
# like, not by what a tool said.
why_unwritable() {
  WHY='' d_=$META
  while [ ! -d "$d_" ]; do d_=$(dirname -- "$d_"); done
  w_file=$d_/.try.$N
  read_left
  FREE=${d_free:-0}
  if ! { true >"$w_file"; } 2>/dev/null; then
    read_mount "$d_"
    case ,$M_OPTIONS,:$(stat -f -c '%d of %c' -- "$d_" 2>/dev/null) in
      *,ro,*) WHY='readonly' ;;
      # some disks do not count any
      *:'0 of 0') ;;
      *:'0 of '*) WHY=inodes ;;
      *) [ ! -w "$d_" ] || WHY=full ;;
    esac
  elif [ "$FREE" -lt 1024 ]; then
    WHY=full
  elif ! dd if=/dev/zero of="$w_file" bs=65536 count=16 2>/dev/null; then
    WHY=quota
  fi
  rm -f -- "$w_file" 2>/dev/null
}

# The mount that folder $1 is on: M_AT, M_TYPE, M_OPTIONS; empty where the system does not tell.
read_mount() {
  M_AT='' M_TYPE='' M_OPTIONS=''
  m_path=$(cd -P -- "$1" 2>/dev/null && pwd) || return 0
  while read -r m_ m_at m_type m_options m_; do
    case $m_path/ in
      "${m_at%/}"/*)
        [ "${#m_at}" -lt "${#M_AT}" ] || M_AT=$m_at M_TYPE=$m_type M_OPTIONS=$m_options
        ;;
    esac
  done 2>/dev/null </proc/mounts || :
}
