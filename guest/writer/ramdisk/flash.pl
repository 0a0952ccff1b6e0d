# Streams an image onto the disk so that it is either whole and proven, or does not boot:
#  1. once the stream begins, what could boot before (first and last megabyte) is erased,
#  2. everything but the first megabyte is written while the digest is made,
#  3. the disk is read back and the digest made again,
#  4. the first megabyte is written, its first sector last of all.
use strict;
use warnings;
use Disk;
use Orders;
use Proof;
use Report;
use Stream;

my $piece = 1048576;

sub read_file { open my $file, '<', $_[0] or die "$_[0]: $!"; local $/; return <$file> }

# The whole of the stream onto the disk, but for its first megabyte, which is returned.
sub write_image {
    my ($disk, $stream, $orders) = @_;
    my $size  = $orders->{size};
    my $proof = Proof->new($orders);
    my ($at, $written, $head, $buffer) = (0, 0, '', '');
    for (;;) {
        my $got = $stream->read(\$buffer, $piece - length $buffer);
        next if $got && length $buffer < $piece;
        Report::stop('long', "more than $size bytes arrived") if $at + length $buffer > $size;
        last if $buffer eq '' && !$got;
        $proof->add(\$buffer);
        if ($at == 0) {
            # Not before the first bytes are here: a wrong URL must not cost the old system.
            erase_boot_sectors($disk, $size) unless $orders->{zero};
            $head = $buffer;
        } else {
            $written += write_piece($disk, $at, \$buffer, $orders->{zero});
        }
        $at += length $buffer;
        $buffer = '';
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
    my ($disk, $offset, $data, $disk_is_zero) = @_;
    my ($written, $from) = (0, 0);
    while ($from < length $$data) {
        my $first = substr $$data, $from, $Proof::block;
        my $hole  = Proof::is_zero(\$first);
        my $to    = $from + length $first;
        while ($to < length $$data) {
            my $next = substr $$data, $to, $Proof::block;
            last if Proof::is_zero(\$next) != $hole;
            $to += length $next;
        }
        if (!$hole) {
            my $run = $from == 0 && $to == length $$data ? $data : \substr $$data, $from, $to - $from;
            $disk->write($offset + $from, $run);
            $written += $to - $from;
        } elsif (!$disk_is_zero) {
            $disk->zero($offset + $from, $to - $from);
        }
        $from = $to;
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
    my $at = length $head;
    while ($at < $size) {
        my $want   = $size - $at < $piece ? $size - $at : $piece;
        my $buffer = '';
        while (length $buffer < $want) { $disk->read($at + length $buffer, \$buffer, $want - length $buffer) }
        $proof->add(\$buffer);
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
    my $found = '';
    while (length $found < length $head) { $disk->read(length $found, \$found, length($head) - length $found) }
    return if $found eq $head;
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
