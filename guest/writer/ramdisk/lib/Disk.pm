# The disk: found, checked, written, flushed, and really read back.
package Disk;
use strict;
use warnings;
use Fcntl qw(O_RDWR SEEK_SET);
use Aligned;
use Report;

# Requests of linux/fs.h
my $BLKGETSIZE64 = 0x80081272;
my $BLKFLSBUF    = 0x1261;
my $BLKZEROOUT   = 0x127f;

# Of asm-generic/fcntl.h, as on x86
my $O_DIRECT = 040000;

sub open {
    my ($class, $wanted) = @_;
    my $path = $wanted eq 'auto' ? first_disk() : $wanted;
    Report::stop('no-disk', "$path is not a block device; disks: " . join ' ', disks()) unless -b $path;
    sysopen my $handle, $path, O_RDWR or Report::stop('no-disk', "$path: $!");
    ioctl $handle, $BLKGETSIZE64, my $answer = "\0" x 8 or Report::stop('no-disk', "$path: size: $!");
    # Past the kernel's cache: no copy of each byte, and what is read back comes from the disk.
    my $direct;
    undef $direct unless sysopen $direct, $path, O_RDWR | $O_DIRECT;
    (my $name = $path) =~ s{.*/}{};
    my $sector = slurp("/sys/block/$name/queue/logical_block_size") || 512;
    return bless { path => $path, name => $name, handle => $handle, direct => $direct, sector => $sector + 0, bytes => unpack 'Q', $answer }, $class;
}

# Whole disks in the order in which clouds attach them; read-only ones and empty drives are none.
sub disks {
    opendir my $folder, '/sys/block' or return;
    my @names = sort readdir $folder;
    my @disks = map { my $kind = $_; grep { /^$kind/ } @names } qw(vd sd nvme xvd);
    return grep { slurp("/sys/block/$_/ro") == 0 && slurp("/sys/block/$_/size") > 0 } @disks;
}

# Drivers probe in the background: ten seconds are given.
sub first_disk {
    for (1 .. 40) {
        my ($first) = disks();
        return "/dev/$first" if defined $first;
        select undef, undef, undef, 0.25;
    }
    Report::stop('no-disk', 'no disk within 10 s');
}

# Bytes $from to $to of $$data, by default all, to the disk's bytes from $offset on.
sub write {
    my ($self, $offset, $data, $from, $to) = @_;
    $from //= 0;
    $to   //= length $$data;
    my $handle = $self->handle_for($offset, Aligned::address($data) + $from, $to - $from);
    sysseek $handle, $offset, SEEK_SET;
    while ($from < $to) {
        my $put = syswrite $handle, $$data, $to - $from, $from;
        Report::stop('write', "$self->{path} at byte $offset: $!") unless $put;
        $from   += $put;
        $offset += $put;
    }
}

# Direct where everything lies on borders of sectors; the kernel keeps both ways consistent (open(2), NOTES).
sub handle_for {
    my ($self, @borders) = @_;
    return $self->{handle} if !$self->{direct} || grep { $_ % $self->{sector} } @borders;
    return $self->{direct};
}

# Zeros, by the disk itself where it can; the kernel writes them where not.
sub zero {
    my ($self, $offset, $length) = @_;
    return if ioctl $self->{handle}, $BLKZEROOUT, pack 'QQ', $offset, $length;
    my $zeros = "\0" x 65536;
    for (my $at = 0; $at < $length; $at += 65536) {
        my $piece = substr $zeros, 0, $length - $at < 65536 ? $length - $at : 65536;
        $self->write($offset + $at, \$piece);
    }
}

# On the disk, not in a cache of this machine's memory.
sub flush {
    my ($self) = @_;
    $self->{handle}->sync or Report::stop('write', "$self->{path}: flushing: $!");
}

# Forgets what memory holds of the disk, so that reading asks the disk.
sub forget {
    my ($self) = @_;
    ioctl $self->{handle}, $BLKFLSBUF, 0 or Report::stop('read-back', "$self->{path}: BLKFLSBUF: $!");
    if (CORE::open my $file, q(>), q(/proc/sys/vm/drop_caches)) { print $file "3\n"; close $file }
}

# Fills the buffer with the disk's $want bytes from $offset on.
sub read {
    my ($self, $offset, $buffer, $want) = @_;
    my $handle = $self->handle_for($offset, Aligned::address($buffer), $want);
    sysseek $handle, $offset, SEEK_SET;
    for (my $have = 0; $have < $want;) {
        my $got = sysread $handle, $$buffer, $want - $have, $have;
        Report::stop('read-back', "$self->{path} at byte " . ($offset + $have) . ': ' . (defined $got ? 'the disk ends' : $!)) unless $got;
        $have += $got;
    }
}

# Bytes that the disk has delivered since the machine started.
sub delivered {
    my ($self) = @_;
    return (split ' ', slurp("/sys/block/$self->{name}/stat"))[2] * 512;
}

sub slurp {
    my ($path) = @_;
    CORE::open my $file, '<', $path or return '0';
    local $/;
    return <$file> // '0';
}

1;
