# The plain way, in place of the writer in its own ramdisk: download, write, read back; nothing is checked.
use strict;
use warnings;
open my $orders, '<', '/proc/cmdline' or die;
my ($url, $size) = map { my $name = $_; seek $orders, 0, 0; my $line = <$orders>; $line =~ /bootfleet\.$name=(\S+)/ ? $1 : die } qw(url size);
sleep 1 until -b '/dev/vda';
my $pieces = int(($size + 1048575) / 1048576);
open my $uptime, '<', '/proc/uptime' or die;
sub now { seek $uptime, 0, 0; return (split ' ', <$uptime>)[0] }
my $begun = now();
system("wget -q -O - $url | dd of=/dev/vda bs=1M iflag=fullblock conv=fsync 2>/dev/null") == 0 or die 'write';
my $written = now();
system('blockdev --flushbufs /dev/vda; echo 3 >/proc/sys/vm/drop_caches') == 0 or die 'drop';
system("dd if=/dev/vda of=/dev/null bs=1M count=$pieces 2>/dev/null") == 0 or die 'read';
$| = 1;
printf "baseline: write=%.2f seconds=%.2f\n", $written - $begun, now() - $begun;
