# Streams an image onto the disk so that it is either whole and proven, or does not boot:
#  1. once the stream begins, what could boot before (first and last megabyte) is erased,
#  2. everything but the first megabyte is written while the digest is made,
#  3. the disk is read back, past every cache, and the digest made again,
#  4. the first megabyte is written, its first sector last of all.
use strict;
use warnings;
use Aligned;
use Disk;
use Orders;
use Proof;
use Report;
use Stream;

my $piece = 1048576;

sub read_file { open my $file, '<', $_[0] or die "$_[0]: $!"; local $/; return <$file> }

# The whole of the stream onto the disk, but for its first megabyte. Returns that and the number of bytes written.
sub write_image {
    my ($disk, $stream, $orders) = @_;
    my $size   = $orders->{size};
    my $proof  = Proof->new($orders);
    my $buffer = Aligned::buffer($piece);
    my ($at, $have, $written, $head) = (0, 0, 0, '');
    for (;;) {
        my $got = $stream->read($buffer, $piece - $have, $have);
        $have += $got;
        next if $got && $have < $piece;
        Report::stop('long', "more than $size bytes arrived") if $at + $have > $size;
        last unless $have;
        my $runs = Proof::runs($buffer);
        $proof->add($buffer, $runs);
        if ($at == 0) {
            # Not before the first bytes are here: a wrong URL must not cost the old system.
            erase_boot_sectors($disk, $size) unless $orders->{zero};
            $head = substr $$buffer, 0, $have;
        } else {
            $written += write_piece($disk, $at, $buffer, $runs, $orders->{zero});
        }
        $at += $have;
        $have = 0;
        Report::progress('write', $at, $size);
        last unless $got;
    }
    Report::stop('short', "$at of $size bytes arrived") if $at < $size;
    my $difference = $proof->difference;
    Report::stop('digest', $difference) if $difference;
    return ($head, $written);
}

# One piece, without its zero blocks: those are left as they are on a disk of zeros, and zeroed on any other.
sub write_piece {
    my ($disk, $offset, $data, $runs, $disk_is_zero) = @_;
    my $written = 0;
    for my $run (@$runs) {
        my ($hole, $from, $to) = @$run;
        if (!$hole) {
            $disk->write($offset + $from, $data, $from, $to);
            $written += $to - $from;
        } elsif (!$disk_is_zero) {
            $disk->zero($offset + $from, $to - $from);
        }
    }
    return $written;
}

# The digest again, of what the disk holds; the first megabyte, which it does not hold yet, from memory.
sub read_back {
    my ($disk, $head, $orders) = @_;
    my $size  = $orders->{size};
    my $proof = Proof->new($orders);
    $disk->flush;
    $disk->forget;
    my $before = $disk->delivered;
    $proof->add(\$head);
    my $buffer = Aligned::buffer($piece);
    for (my $at = length $head; $at < $size;) {
        my $want = $size - $at < $piece ? $size - $at : $piece;
        $disk->read($at, $buffer, $want);
        $proof->add($buffer);
        $at += $want;
        Report::progress('verify', $at, $size);
    }
    my $difference = $proof->difference;
    Report::stop('read-back', $difference) if $difference;
    my $delivered = $disk->delivered - $before;
    my $needed = $size - length $head;
    Report::stop('read-back', "the disk delivered $delivered of $needed bytes, the rest came from memory") if $delivered < $needed;
}

# Makes the disk bootable: all of the first megabyte but its first sector, then that sector.
sub write_head {
    my ($disk, $head) = @_;
    my $rest = substr $head, 512;
    $disk->write(512, \$rest) if length $rest;
    $disk->flush;
    my $first = substr $head, 0, 512;
    $disk->write(0, \$first);
    $disk->flush;
    $disk->forget;
    my $found = Aligned::buffer($piece);
    $disk->read(0, $found, length $head);
    return if $$found eq $head;
    $disk->zero(0, 512);
    $disk->flush;
    Report::stop('read-back', 'the first megabyte reads back different');
}

sub erase_boot_sectors {
    my ($disk, $size) = @_;
    $disk->zero(0, $size < $piece ? $size : $piece);
    my $tail = $disk->{bytes} - $size;
    $tail = $piece if $tail > $piece;
    $tail -= $tail % 512;
    $disk->zero($disk->{bytes} - $tail, $tail) if $tail > 0;
    $disk->flush;
}

my $fine = eval {
    my $orders = Orders::parse(read_file('/proc/cmdline'));
    my $disk = Disk->open($orders->{disk});
    Report::start($disk->{path}, $disk->{bytes}, $orders->{size}, $orders->{sha256});
    Report::stop('too-small', "$disk->{path} has $disk->{bytes} bytes, the image $orders->{size}") if $disk->{bytes} < $orders->{size};
    my $stream = Stream->open($orders);
    my ($head, $written) = write_image($disk, $stream, $orders);
    read_back($disk, $head, $orders);
    write_head($disk, $head);
    Report::done($orders->{sha256}, $orders->{size}, $written + length $head);
    1;
};
if (!$fine) {
    my $problem = $@;
    Report::failed(ref $problem ? @$problem{qw(reason detail)} : ('write', "unexpected: $problem"));
}
