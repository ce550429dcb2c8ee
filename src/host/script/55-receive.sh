# shellcheck shell=sh disable=SC2034,SC2154
# From an upload to a tree that is what its manifest says: receive, and what arrived of one that was cut off.

# receive: release, digest, ledger (JSON), plan (JSON of the rollout's plan, which is frozen here with it, or empty);
# base (a release, or empty), copy (yes: the base is copied, since a prepare step may write into files; else hard links),
# drop (shared paths, a line each: what the tree has there does not count);
# gone (how many files of the base the release has no more),
# upload (names what is sent, over what), kept (what an earlier attempt at it left, as "arrived" told, or empty), park (yes:
# what has come when it is cut off stays); codec (gzip | zstd), against (files of the base that zstd unpacks it with, a line each).
# stdin: the payload, as long as size says, a tar: control/sums, control/manifest or control/edits, control/odd, new/….
# Answers "received" (and "published"), or why the client has to send something else: "differs" for each file that is
# no longer what the manifest of the base says. "unpackable" is a failure, since of the payload some may be unread.
verb_receive() {
  require_lock
  # what is not there is not used, and seldom there
  [ ! -d "$D/releases/$release" ] || ! is_used "$release" || fail used "$release"
  r_in=$META/incoming/$upload.$N r_list=$META/manifests/$digest r_old=/dev/null r_copy='' r_spare=''
  open_incoming
  [ -z "$plan" ] || put "$META/rollouts/$rollout/plan.json" "$plan" || refuse_upload write "$META/rollouts/$rollout"
  # the copy is made while the payload comes in
  [ -z "$base" ] || [ -n "$r_spare" ] || { copy_base & r_copy=$!; }
  if ! take_payload; then
    [ -z "$against" ] || refuse_upload unpackable
    refuse_upload payload
  fi
  [ -z "$r_copy" ] || wait "$r_copy" || refuse_upload copy "$base"
  take_manifest
  verify_upload
  if ! lay_over; then
    sed -e "s/^/@$N${TAB}differs${TAB}/" "$r_in/control/differs" >&3
    drop_upload
    return 0
  fi
  put_in_place
  frame received
  [ "$then_publish" != yes ] || publish
}

# One folder an attempt: what a cut has left running may still write into its own. Of what is left of others nothing is
# needed but what this one goes on with.
open_incoming() {
  if use_spare; then
    [ -z "$plan" ] || mkdir -p -- "$META/rollouts/$rollout" || refuse_upload write "$META/rollouts"
  else
    mkdir -p -- "$r_in/new" "$META/rollouts/$rollout" || refuse_upload write "$r_in"
  fi
  case $kept in '' | */*) ;; *) link_tree "$META/incoming/$kept/new/." "$r_in/new/" || refuse_upload write "$r_in" ;; esac
  for r_ in "$META/incoming/"*; do [ "$r_" = "$r_in" ] || rm -rf -- "$r_"; done
}

# By hard links; copied where the disk has none.
link_tree() { cp -alf -- "$1" "$2" 2>/dev/null || cp -af -- "$1" "$2"; }

# What has arrived of a large upload is kept for the next attempt; the copy has to end first, or it would go on writing.
drop_upload() {
  [ -z "$r_copy" ] || wait "$r_copy" || :
  r_copy=
  [ "$park" = yes ] || {
    rm -rf -- "$r_in"
    return 0
  }
  rm -rf -- "$r_in/tree" "$r_in/control"
}

# When the disk is why, that is told instead: before room is made.
refuse_upload() {
  why_unwritable
  { [ -z "$WHY" ] && [ "$1" = payload ]; } || park=no
  drop_upload
  [ -z "$WHY" ] || fail "$WHY" "$D" "$FREE"
  fail "$@"
}

# A pipe tells only the status of its end, so what unpacks leaves a mark when what it got was damaged or cut off.
take_payload() {
  [ -z "$against" ] || join_old 2>/dev/null || return 1
  (cd "$r_in" && head -c "$size" | { unpack || true >.damaged; } | tar -x -p -o -f -) || return 1
  [ ! -e "$r_in/.damaged" ] && [ -f "$r_in/control/sums" ]
}

# shellcheck disable=SC2086
join_old() (
  cd "$D/releases/$base" && IFS=$NL && set -f && cat -- $against >"$r_in/old"
)

unpack() {
  case $codec in
    zstd) if [ -n "$against" ]; then zstd -dcq -D old; else zstd -dcq; fi ;;
    *) gzip -dc ;;
  esac
}

copy_base() {
  trap - EXIT
  copy_tree "$D/releases/$base" "$r_in/tree" && drop_old_links
}

# Links to shared paths of then come along; they go where they are none now.
drop_old_links() {
  while IFS= read -r c_; do
    # an empty line is the whole tree
    case $NL$NL$drop$NL in *"$NL$c_$NL"*) ;; *) rm -rf -- "$r_in/tree/$c_" ;; esac
  done 2>/dev/null <"$META/ledger/$base.shared" || :
}

# Where files can share their blocks until one is written to, that is as fast and safer than links. Where neither can be had,
# all is copied, unless $3 is "linked".
copy_tree() {
  read_mount "$D/releases"
  case $copy:$M_TYPE in
    yes:*) r_ways='--reflink=auto' ;;
    *:btrfs | *:xfs | *:bcachefs) r_ways='--reflink=always -l' ;;
    *) r_ways=-l ;;
  esac
  for r_way in $r_ways "${3-}"; do
    [ "$r_way" != linked ] || return 1
    # shellcheck disable=SC2086
    ! cp -a $r_way -- "$1" "$2" 2>/dev/null || return 0
    rm -rf -- "$2"
  done
  return 1
}

# The list of the files. Over a base it comes as a script for sed, whose first line names the list that it makes it of.
take_manifest() {
  if [ -f "$r_in/control/edits" ]; then
    read_line "$r_in/control/edits"
    r_old=$META/manifests/${LINE#\# }
    [ -e "$r_list" ] || sed -f "$r_in/control/edits" "$r_old" >"$r_list" 2>/dev/null || :
  else
    mv -f -- "$r_in/control/manifest" "$r_list" || refuse_upload write "$r_list"
  fi
}

# Every file that was sent is hashed here, the list of all files with them. Names that sha256sum's own list cannot carry
# are hashed one by one.
verify_upload() {
  (cd "$r_in" && sha256sum -c control/sums) >/dev/null 2>&1 || refuse_sums
  [ ! -f "$r_in/control/odd" ] || refuse_when "$(cd "$r_in/new" && differing_odd <../control/odd)"
}

refuse_when() { [ -z "$1" ] || refuse_upload verify "$1"; }

refuse_sums() {
  if ! has_sum "$r_list" "$digest"; then
    why_unwritable
    rm -f -- "$r_list"
    [ "$r_old" = /dev/null ] || [ -n "$WHY" ] || has_sum "$r_old" "${r_old##*/}" || refuse_upload list "$base" "$r_old"
    refuse_upload payload
  fi
  refuse_when "$(cd "$r_in" && differing <control/sums | sed 's/^new\///')"
  refuse_upload payload
}

has_sum() { r_=$(sha256sum 2>/dev/null <"$1") && [ "${r_%% *}" = "$2" ]; }

# What came in is laid over the copy by links: its bytes are there already. False when a file that stays is not what the
# manifest says: control/differs names them.
lay_over() {
  if [ -z "$base" ]; then
    mv -T -- "$r_in/new" "$r_in/tree" || refuse_upload layover
    # files that were hashed may have been cut off before they had their modes
    [ -z "$kept" ] || { mkdir -- "$r_in/new" && take_over; }
    return
  fi
  # of a spare nothing goes, and all was looked at
  { [ -n "$r_spare" ] && [ "$gone" = 0 ]; } || take_over || return 1
  while IFS= read -r o_; do [ -z "$o_" ] || make_way; done <<END
$drop
END
  cp -alf -- "$r_in/new/." "$r_in/tree/" 2>/dev/null || lay_copies || refuse_upload layover
}

# What came along at a shared path or above it must not be in the way of what the release has there.
make_way() {
  ! is_there "$r_in/new/$o_" || rm -rf -- "${r_in:?}/tree/$o_"
  while [ "$o_" != "${o_%/*}" ]; do
    o_=${o_%/*}
    { [ -d "$r_in/new/$o_" ] && [ ! -L "$r_in/new/$o_" ]; } || ! is_there "$r_in/new/$o_" || rm -rf -- "${r_in:?}/tree/$o_"
  done
}

# Nothing is ever written through a hard link into the base.
lay_copies() {
  remove_listed replaced && cp -a -- "$r_in/new/." "$r_in/tree/"
}

remove_listed() {
  [ ! -e "$r_in/control/$1" ] || tr '\n' '\0' <"$r_in/control/$1" | (cd "$r_in/tree" && xargs -0 rm -f --)
}

# The lock is asked again, since the upload may have taken long. The ledger knows the release before it is in its place. One
# that a later attempt has cleared away must not touch what that has brought.
put_in_place() {
  require_lock
  {
    [ -d "$r_in/tree" ] && put "$META/ledger/$release.json" "$ledger" &&
      { [ ! -e "$D/releases/$release" ] || rm -rf -- "$D/releases/$release"; } && mv -T -- "$r_in/tree" "$D/releases/$release"
  } || refuse_upload write "$D/releases/$release"
  # nobody has to wait for it
  (trap - EXIT && exec rm -rf -- "$r_in") </dev/null >/dev/null 2>&1 3>&- &
}

# arrived: release, digest, upload, then_publish: what became of an upload that was cut off. "there" when it was received (and
# published) after all; else "arrived" with the name for "kept", and each whole file as sha256sum writes it.
verb_arrived() {
  if [ -d "$D/releases/$release" ] && read_line "$META/ledger/$release.json"; then
    case $then_publish:$LINE in
      no:*"\"$digest\""* | *:'{"status":"ready"'*"\"$digest\""*)
        frame there
        return 0
        ;;
    esac
  fi
  a_last=
  for a_ in "$META/incoming/$upload".*; do [ ! -d "$a_/new" ] || a_last=$a_; done
  [ -n "$a_last" ] || return 0
  frame arrived "${a_last##*/}"
  (cd "$a_last/new" && find . -type f -exec sha256sum -- {} +) |
    sed -e '/^\\/d' -e 's/%/%25/g' -e "s/^/@$N${TAB}line$TAB/" >&3
}

# put FILE TEXT: where there is nothing yet, nothing can be lost, so it takes no second name.
put() {
  if [ -e "$1" ]; then write "$1" "$2"; else printf '%s\n' "$2" >"$1"; fi
}
