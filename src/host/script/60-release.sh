# shellcheck shell=sh disable=SC2034,SC2154
# From files in place to a release that links may point at: prepare, publish, verify.

# prepare: release, base; the request defines each_step FN, which sets run, key_command, inputs, outputs (a line each) and
# step_timeout (seconds). The channel's stdin is a lease: when the client is gone, so is this.
verb_prepare() {
  require_lock
  lease
  p_tree=$D/releases/$release
  p_keys=
  p_base_keys=$NL$(cat "$META/ledger/$base.prepare" 2>/dev/null)$NL
  each_step prepare_step
  must_write "$META/ledger/$release.prepare" "$p_keys"
  publish
}

prepare_step() {
  p_key=$(step_key)
  if is_prepared; then
    frame prepare reused "$run"
  else
    run_step
  fi
  p_keys=$p_keys$p_key$NL
}

# What a step makes came along with the base. It holds when nothing that decides has changed; so something has to decide.
is_prepared() {
  [ -n "$base" ] && [ -n "$outputs" ] && [ -n "$inputs$key_command" ] && outputs_present || return 1
  case $p_base_keys in *"$NL$p_key$NL"*) ;; *) return 1 ;; esac
}

run_step() {
  frame prepare started "$run"
  printf '%s\n' "$outputs" | while IFS= read -r o_; do [ -z "$o_" ] || rm -rf -- "${p_tree:?}/$o_"; done
  run_in_time timeout prepare
  outputs_present || fail outputs "$run"
  frame prepare finished "$run"
}

# run_in_time TOO_LONG FAILED: runs the command within step_timeout; both are codes of what it may come to.
run_in_time() {
  read_clock
  p_until=$((MS + step_timeout * 1000))
  streamed prepare_run && return 0 || p_rc=$?
  read_clock
  require_lock
  [ "$MS" -lt "$p_until" ] || fail "$1" "$run" "$step_timeout"
  fail "$2" "$run" "$p_rc"
}

# GNU timeout makes a process group of its own: what ends ours has to be passed on. What the step leaves behind in that
# group would hold the answer open. A client whose network is gone cannot end it, so who has lost the stage ends by itself:
# the next one may be about to run the same.
prepare_run() {
  cd "$p_tree" || return 1
  own_locale
  trap 'kill -TERM "$p_step"' TERM
  SLIPWAY_STAGE=$stage SLIPWAY_RELEASE=$release timeout -k 5 "$step_timeout" sh -c "$run" &
  p_step=$!
  ln -sfn -- "$rollout $p_step $(process_start "$p_step")" "$META/step"
  end_when_lost >/dev/null 2>&1 &
  p_watch=$!
  wait "$p_step" && p_rc=0 || p_rc=$?
  kill "$p_watch" 2>/dev/null
  kill -TERM "-$p_step" 2>/dev/null
  return "$p_rc"
}

end_when_lost() {
  trap - EXIT TERM
  while sleep 1 && kill -0 "$p_step"; do holds_lock || kill -TERM "$p_step"; done
}

# Never two at once: a step of a rollout that has just lost the stage is given time to end.
await_step() {
  a_tries=0
  while [ -n "$(marked_by "$META/step")" ]; do
    a_tries=$((a_tries + 1))
    [ "$a_tries" -lt 30 ] || fail step
    sleep 1
  done
}

step_key() {
  {
    printf '%s\n' "$run" "$(uname -m)"
    [ -z "$key_command" ] || (cd "$p_tree" && own_locale && timeout "$step_timeout" sh -c "$key_command" 2>/dev/null </dev/null)
    printf '%s\n' "$inputs" | while IFS= read -r i_; do
      [ -z "$i_" ] || (cd "$p_tree" && printf '%s\n' "$i_" && sha256sum <"$i_") || printf 'absent\n'
    done
  } | sha256sum | cut -c1-64
}

outputs_present() {
  o_missing=$(printf '%s\n' "$outputs" | while IFS= read -r o_; do [ -z "$o_" ] || [ -e "$p_tree/$o_" ] || echo "$o_"; done)
  [ -z "$o_missing" ]
}

# hook: when, stage, release, previous, revision, host; the request defines each_hook FN, which sets run, and step_timeout (seconds).
# stdin is a lease, as with prepare: who has left cannot hear how it ended.
verb_hook() {
  require_lock
  lease
  p_tree=$D/releases/$release
  export SLIPWAY_PREVIOUS="$previous" SLIPWAY_REVISION="$revision" SLIPWAY_HOST="$host"
  each_hook hook_step
}

hook_step() {
  await_step
  frame hook started "$run"
  run_in_time hang hook
  [ "$when" != release ] || note_hook
  frame hook finished "$run"
}

# Who goes on with this rollout must not run it again: a line for each that has ended well.
note_hook() {
  { mkdir -p -- "$META/rollouts/$rollout" && echo ran >>"$META/rollouts/$rollout/hooks"; } ||
    fail write "$META/rollouts/$rollout"
  sync_path "$META/rollouts/$rollout/hooks"
}

# publish: the release becomes one that links may point at, when all of it is on the disk.
verb_publish() {
  require_lock
  publish
}

publish() {
  link_shared
  sync_tree "$D/releases/$release"
  require_lock
  set_status "$release" ready || fail write "$META/ledger/$release.json"
  frame published
}

# A link or file on the way to a shared path gives way to a folder: behind a link, something elsewhere would be removed.
link_shared() {
  [ -z "$shared_files$shared_dirs" ] || lay_links
  put "$META/ledger/$release.shared" "$shared_files$NL$shared_dirs" || fail write "$META/ledger/$release.shared"
}

lay_links() {
  while IFS= read -r s_; do
    [ -z "$s_" ] || [ -d "$D/shared/$s_" ] || mkdir -p -- "$D/shared/$s_" || fail write "$D/shared/$s_"
  done <<END
$shared_dirs
END
  while IFS= read -r s_; do [ -z "$s_" ] || lay_link; done <<END
$shared_files
$shared_dirs
END
}

# One that came along with the base is right already.
lay_link() {
  [ -e "$D/shared/$s_" ] || fail shared "$s_"
  s_at=$D/releases/$release s_up=../.. s_rest=$s_
  while [ "$s_rest" != "${s_rest#*/}" ]; do
    s_at=$s_at/${s_rest%%/*} s_rest=${s_rest#*/} s_up=$s_up/..
    if [ -L "$s_at" ] || { [ ! -d "$s_at" ] && [ -e "$s_at" ]; }; then rm -f -- "$s_at"; fi
  done
  if is_there "$s_at/$s_rest"; then
    # shellcheck disable=SC3013
    [ ! -L "$s_at/$s_rest" ] || [ ! "$s_at/$s_rest" -ef "$D/shared/$s_" ] || return 0
    rm -rf -- "${s_at:?}/$s_rest"
  fi
  [ -d "$s_at" ] || mkdir -p -- "$s_at" || fail write "$s_at"
  ln -s -- "$s_up/shared/$s_" "$s_at/$s_rest" || fail write "$s_at"
}

# The ledger's first key is its status, so one expression is enough to change it.
set_status() {
  read_line "$META/ledger/$1.json" || return 1
  s_rest=${LINE#'{"status":"'}
  write "$META/ledger/$1.json" "{\"status\":\"$2\"${s_rest#*\"}"
}

# ledger: release, ledger (JSON): a release that is here already is deployed again, so its place in the order is a new one.
verb_ledger() {
  require_lock
  [ -d "$D/releases/$release" ] || fail absent "$release"
  must_write "$META/ledger/$release.json" "$ledger"
}

# manifest: digest: the lines of that manifest. A call of frame for each would be slow; control characters it has none.
verb_manifest() {
  [ -f "$META/manifests/$digest" ] || fail absent "$digest"
  sed -e 's/%/%25/g' -e "s/^/@$N${TAB}line$TAB/" "$META/manifests/$digest" >&3
}

# verify: every file and link of a release against its manifest, before anything is switched back to it.
verb_verify() {
  [ -f "$META/manifests/$digest" ] || fail absent "$digest"
  [ -d "$D/releases/$release" ] || fail absent "$release"
  v_bad=$(cd "$D/releases/$release" && {
    manifest_lines 0 | differing
    manifest_lines 1 | differing_odd
  })
  [ -z "$v_bad" ] || fail verify "$v_bad"
}

# Reads lines as sha256sum writes them; prints the first three that do not hold.
differing() {
  IFS= read -r v_first || return 0
  v_said=$({ printf '%s\n' "$v_first" && cat; } | sha256sum -c 2>/dev/null) && return 0
  printf '%s\n' "$v_said" | sed '/: OK$/d' | head -n 3 | grep . || printf 'the files could not be hashed\n'
}

# The same for lines of sum, space, and a name as printf %b reads it, links by their text. The dot keeps line ends that a
# name may end with.
differing_odd() {
  while IFS= read -r v_line; do
    v_name=$(printf '%b.' "${v_line#* }")
    v_name=./${v_name%.}
    if [ -L "$v_name" ]; then
      v_is=$(printf '%s' "$(readlink -- "$v_name")" | sha256sum)
    else
      v_is=$(sha256sum 2>/dev/null <"$v_name") || v_is=
    fi
    [ "${v_is%% *}" = "${v_line%% *}" ] || printf '%s\n' "${v_line#* }"
  done 2>/dev/null | head -n 3
}

# The lines of the manifest as differing (0) or differing_odd (1: links, and names with escapes) reads them. Shared paths are
# left out, since they are links to files that are meant to change, and so is what had to give way to them.
manifest_lines() {
  paths=$shared_files$NL$shared_dirs awk -v odd="$1" '
    BEGIN {
      n = split(ENVIRON["paths"], shared, "\n")
      for (i = 1; i <= n; i++) { gsub(/%/, "%25", shared[i]); gsub(/\\/, "%5C", shared[i]) }
      for (i = 1; i < 256; i++) octal[sprintf("%02X", i)] = sprintf("\\0%03o", i)
    }
    { name = $0; sub(/^[^ ]* [^ ]* [^ ]* /, "", name) }
    ($2 == "link" || index(name, "%") > 0) != odd { next }
    {
      for (i = 1; i <= n; i++)
        if (shared[i] != "" && (name == shared[i] || index(name, shared[i] "/") == 1 || index(shared[i], name "/") == 1)) next
    }
    !odd { print $1 "  ./" name; next }
    {
      plain = ""
      while ((at = index(name, "%")) > 0) {
        plain = plain substr(name, 1, at - 1) octal[substr(name, at + 1, 2)]
        name = substr(name, at + 3)
      }
      print $1 " " plain name
    }' "$META/manifests/$digest"
}
