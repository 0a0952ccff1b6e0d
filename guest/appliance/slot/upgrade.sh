#!/bin/sh
# Upgrades the inactive slot from a file system on standard input, as resflash's upgrade.sh does, with the same
# output and ON PURPOSE with the same hazards, so that bootfleet is tested against them: the digest is printed and
# never compared, empty input leaves the old file system and activates it, a short stream is caught by fsck at
# most, a long one fails only in the log, nothing locks, and /mbr and the EFI loader change before the switch.
# It does not reboot. Written for the stand-in from resflash's documented behaviour; no code of resflash.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
start=$(date +%s)
log=$(mktemp /tmp/resflash.XXXXXX)
active=$(mount | sed -n 's|^/dev/sd0\([a-p]\) on / .*|\1|p')
case $active in
  d) target=e ;;
  e) target=d ;;
  *) echo "upgrade.sh: cannot tell the running slot from $(mount | grep ' on / ')" >&2; exit 1 ;;
esac
work=$(mktemp -d /tmp/upgrade.XXXXXX)

fail() {
  echo "$1" >&2
  cd /
  for folder in "$work" /mbr /efi /cfg; do umount "$folder" 2>/dev/null; done
  rmdir "$work" 2>/dev/null
  exit 1
}

echo 'Writing filesystem to inactive partition'
written=$(date +%s)
mkfifo "$work.fifo"
dd of=/dev/rsd0$target bs=1M iflag=fullblock conv=fsync <"$work.fifo" >>"$log" 2>&1 &
tee "$work.fifo" 2>>"$log" | sha256sum | cut -d' ' -f1
wait
rm -f "$work.fifo"
echo "Writing filesystem complete ($(($(date +%s) - written))s)"

echo 'Checking filesystem'
e2fsck -fp /dev/sd0$target
[ $? -le 1 ] || fail "upgrade.sh: /dev/sd0$target does not pass fsck"
mount -t ext2 -o rw,noatime /dev/sd0$target "$work" || fail "upgrade.sh: /dev/sd0$target cannot be mounted"

echo 'Overlaying data from /cfg/upgrade_overlay to filesystem'
mount /cfg || fail 'upgrade.sh: /cfg cannot be mounted'
if [ -d /cfg/upgrade_overlay ]; then cp -a /cfg/upgrade_overlay/. "$work/" || fail 'upgrade.sh: overlay failed'; fi
umount /cfg

echo 'Updating fstab'
sed -i "s|^\([0-9a-f]*\)\.[a-p] / |\1.$target / |" "$work/etc/fstab" || fail 'upgrade.sh: fstab cannot be edited'

echo 'Updating MBR'
mount /mbr || fail 'upgrade.sh: /mbr cannot be mounted'
mkdir -p /mbr/usr/mdec
cp "$work/usr/mdec/mbr" /mbr/usr/mdec/mbr || fail 'upgrade.sh: the new file system has no boot record'
cp "$work/resflash/BUILD" /mbr/usr/mdec/BUILD
dd if="$work/usr/mdec/mbr" of=/dev/rsd0c bs=440 count=1 conv=notrunc,fsync >>"$log" 2>&1

echo 'Updating BOOTX64.EFI BOOTIA32.EFI bootloader(s)'
mount /efi || fail 'upgrade.sh: /efi cannot be mounted'
if ! cmp -s "$work/usr/mdec/BOOTX64.EFI" /efi/efi/boot/bootx64.efi; then
  cp "$work/usr/mdec/BOOTX64.EFI" /efi/efi/boot/bootx64.new && sync && mv /efi/efi/boot/bootx64.new /efi/efi/boot/bootx64.efi
fi
umount /efi
umount "$work" || fail 'upgrade.sh: the new file system cannot be unmounted'
rmdir "$work"
sync

echo 'Everything looks good, setting the new partition active'
sed -i "s/hd0[a-p]/hd0$target/" /mbr/etc/boot.conf || fail 'upgrade.sh: boot.conf cannot be edited'
umount /mbr
sync
echo "Upgrade complete! ($(($(date +%s) - start))s)"
