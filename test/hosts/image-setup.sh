#!/bin/sh
# Turns a fresh Debian tree ($1) into the base image all hosts share. Host-specific files are added per host (seed.ts).
set -eu
root=$1

chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash deploy
chroot "$root" systemctl disable --quiet nginx.service haproxy.service e2scrub_reap.service getty@tty1.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
# A host has neither consoles nor kernel modules of its own.
chroot "$root" systemctl mask --quiet console-getty.service systemd-modules-load.service dev-hugepages.mount \
  sys-fs-fuse-connections.mount
echo LANG=C.UTF-8 >"$root"/etc/default/locale
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/resolv.conf "$root"/etc/machine-id
rm -rf "$root"/var/log/journal/*

# What the mean host has in its PATH: busybox for everything busybox can do, and little else.
lean=$root/opt/lean/bin
mkdir -p "$lean"
for applet in $(chroot "$root" busybox --list); do
  ln -s /bin/busybox "$lean/$applet"
done
# Debian's busybox lacks these applets; other distributions' have them.
for tool in nohup nice flock install comm split mountpoint pgrep pkill; do
  ln -s "/usr/bin/$tool" "$lean/$tool"
done
for tool in node sudo systemctl journalctl loginctl systemd-run; do
  ln -s "/usr/bin/$tool" "$lean/$tool"
done
