#!/usr/bin/env bash
# Owns the lab's chroot: Debian sid with Synapse and llama.cpp. Usage: buildRoot.sh LAB_DIR
#
# The root is built beside its place and renamed when it is whole, so a root that is there is a finished one. Changing
# this file makes the next run build it anew.
set -euo pipefail

packages=(matrix-synapse llama.cpp-tools python3-gguf python3-numpy)

say() { echo "lab: $*" >&2; }

install_on_host() {
  local missing=()
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  apt-get -q -o Acquire::Retries=3 update
  DEBIAN_FRONTEND=noninteractive apt-get -qy -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "${missing[@]}"
}

# Names, proxies and mirrors as the host has them. Files with hooks stay behind: their programs are not in the chroot.
copy_network_settings() {
  local root=$1
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  find /etc/apt/apt.conf.d -type f ! -exec grep -qE 'Invoke|Pre-Install-Pkgs' {} \; -exec cp -t "$root/etc/apt/apt.conf.d/" {} +
}

fill() {
  local root=$1
  debootstrap --variant=minbase sid "$root"
  copy_network_settings "$root"
  # Without this the packages' scripts would start their services on the host.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  mount --bind /proc "$root/proc"
  local apt=(chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qy -o Acquire::Retries=3)
  "${apt[@]}" update
  # Not by debootstrap's --include: it leaves a virtual package of Synapse's unresolved.
  "${apt[@]}" install --no-install-recommends "${packages[@]}"
  "${apt[@]}" clean
}

main() {
  local lab_dir=$1 version partial=$1/root.partial
  [ "$(id -u)" = 0 ] || { say 'the lab needs root: debootstrap and chroot do'; return 1; }
  version=$(sha256sum <"$0")
  mkdir -p "$lab_dir"
  # Two runs at once: the second waits and finds the root finished.
  exec 9>"$lab_dir/build.lock"
  flock 9
  install_on_host
  [ "$(cat "$lab_dir/root/lab-version" 2>/dev/null)" != "$version" ] || return 0
  say "building $lab_dir/root (about a minute, once)"
  # In namespaces of its own: its mounts and processes end with it, so a build that was killed leaves nothing but files.
  rm -rf --one-file-system "$partial" "$lab_dir/root"
  if ! setpriv --pdeathsig KILL unshare --mount-proc --pid --fork --kill-child "$0" --fill "$partial" \
    >"$lab_dir/build.log" 2>&1; then
    tail -n 30 "$lab_dir/build.log" >&2
    say "building failed; the whole log is $lab_dir/build.log"
    return 1
  fi
  echo "$version" >"$partial/lab-version"
  mv "$partial" "$lab_dir/root"
}

if [ "$1" = --fill ]; then fill "$2"; else main "$1"; fi
