#!/usr/bin/env bash
# Owns how a server of the lab runs inside the chroot. Usage: enterRoot.sh ROOT FOLDER COMMAND…; FOLDER is /mnt inside.
#
# Everything is exec: the pid of this script is the server's. Mounts are private to it and end with it, and the kernel
# kills it when the process that started it ends, however that ends.
set -euo pipefail
if [ "${1:-}" = --inside ]; then
  root=$2 folder=$3
  shift 3
  mount --bind /proc "$root/proc"
  mount --bind "$folder" "$root/mnt"
  exec setpriv --pdeathsig KILL chroot "$root" "$@"
fi
exec unshare --mount "$0" --inside "$@"
