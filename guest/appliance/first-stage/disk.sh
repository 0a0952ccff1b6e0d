# The disk and its disklabel. The kernel of the stand-in knows no BSD disklabels: the partitions are told to it
# one by one (BLKPG), and get device names as OpenBSD has them, so that `mount` shows /dev/sd0d.

# Little-endian 32-bit words at a byte offset: word32 FILE OFFSET COUNT
word32() { dd if="$1" bs=4 skip=$(($2 / 4)) count="$3" 2>/dev/null | od -An -v -tu4; }
# An unaligned one, as in the partition table.
bytes_to_word() { dd if="$1" bs=1 skip="$2" count=4 2>/dev/null | od -An -v -tu1 | { read -r a b c d; echo $((a + (b << 8) + (c << 16) + (d << 24))); }; }

# Sets `disk` (vda, sda, nvme0n1) and `label` (byte offset of the disklabel). Drivers probe in the background:
# disks are waited for, ten seconds at most.
find_disk() {
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    for path in /sys/block/vd* /sys/block/sd* /sys/block/nvme*; do
      [ -e "$path" ] || continue
      disk=${path##*/}
      for entry in 0 1 2 3; do
        type=$(dd if=/dev/$disk bs=1 skip=$((450 + entry * 16)) count=1 2>/dev/null | od -An -v -tx1)
        [ "$type" = ' a6' ] || continue
        label=$((($(bytes_to_word /dev/$disk $((454 + entry * 16))) + 1) * 512))
        openbsd=$((entry + 1))
        return 0
      done
    done
    usleep 500000
  done
  return 1
}

# /dev/sd0a to sd0p with their raw twins, and sd0c for the whole disk.
name_partitions() {
  make_nodes c "$disk"
  case $disk in *[0-9]) part=${disk}p ;; *) part=$disk ;; esac
  delpart /dev/$disk $openbsd
  set -- $(word32 /dev/$disk $((label + 148)) 64)
  number=5
  for letter in a b c d e f g h i j k l m n o p; do
    if [ "$1" -gt 0 ] && [ $letter != c ]; then
      # The EFI partition has an entry of its own in the boot record.
      if [ -e /sys/class/block/${part}1/start ] && [ "$(cat /sys/class/block/${part}1/start)" = "$2" ]; then
        make_nodes $letter ${part}1
      else
        addpart /dev/$disk $number "$2" "$1" && make_nodes $letter $part$number
      fi
    fi
    number=$((number + 1))
    shift 4
  done
}

make_nodes() {
  IFS=: read -r major minor </sys/class/block/$2/dev
  mknod -m 600 /dev/sd0$1 b $major $minor
  mknod -m 600 /dev/rsd0$1 b $major $minor
}

# Mounts a slot and goes into it; returns only when there is nothing to boot.
boot_slot() {
  letter=${1#hd0}
  echo "booting $1:$image"
  mount -t ext2 -o ro,noatime /dev/sd0$letter /slot 2>/dev/null
  if [ ! -x "/slot$image" ] || [ ! -x /slot/sbin/init ]; then
    echo "open $1:$image: No such file or directory"
    echo ' failed(2). will try again at the prompt'
    umount /slot 2>/dev/null
    image=/boot/stage
    return
  fi
  # The slot's own boot stage, which a broken build may hang in.
  chroot /slot "$image" "$1"
  stty icanon echo
  umount /proc /sys
  mount --move /dev /slot/dev
  exec switch_root -c /dev/console /slot /sbin/init "$letter"
}
image=/boot/stage
