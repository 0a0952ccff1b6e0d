# Reading slots: one pass each, a mebibyte at a time.

our $piece = 1048576;

sub open_slot {
    my ($slot) = @_;
    sysopen my $file, $slot->{device}, O_RDONLY or fail('slot-unreadable', "$slot->{device}: $!");
    return $file;
}

# Calls back with each piece of the first $bytes bytes. Raw devices read whole sectors only, so the end is cut here.
sub each_piece {
    my ($slot, $bytes, $code) = @_;
    my $file = open_slot($slot);
    my $done = 0;
    while ($done < $bytes) {
        my $want = $bytes - $done < $piece ? int(($bytes - $done + 511) / 512) * 512 : $piece;
        my $data = read_at($file, $done, $want);
        $data = substr $data, 0, $bytes - $done if length $data > $bytes - $done;
        fail('slot-unreadable', "$slot->{device} ends at byte $done") if $data eq '';
        $code->($data);
        $done += length $data;
    }
}

sub read_at {
    my ($file, $offset, $length) = @_;
    defined sysseek $file, $offset, SEEK_SET or fail('slot-unreadable', "seek to $offset: $!");
    my $data = '';
    while (length $data < $length) {
        my $n = sysread $file, $data, $length - length $data, length $data;
        next if !defined $n && $! == EINTR;
        fail('slot-unreadable', "read at $offset: $!") unless defined $n;
        last if $n == 0;
    }
    return $data;
}

sub slot_digest {
    my ($slot, $bytes) = @_;
    my $sha = Digest::SHA->new(256);
    each_piece($slot, $bytes, sub { $sha->add($_[0]) });
    return $sha->hexdigest;
}

# Packed with deflate (RFC 1950), or undef where perl has no zlib.
sub deflated {
    my ($data) = @_;
    my ($packed, $rest) = ('', '');
    return eval {
        require Compress::Raw::Zlib;
        my ($stream) = Compress::Raw::Zlib::Deflate->new(-Level => 1, -AppendOutput => 1);
        $stream->deflate($data, $packed);
        $stream->flush($packed);
        $packed;
    };
}

sub inflated {
    my ($packed, $largest) = @_;
    require Compress::Raw::Zlib;
    my ($stream) = Compress::Raw::Zlib::Inflate->new(-LimitOutput => 1, -Bufsize => $largest + 1);
    my $data = '';
    my $status = $stream->inflate($packed, $data);
    return $status == Compress::Raw::Zlib::Z_STREAM_END() && length $data <= $largest ? $data : undef;
}

# The short digests of the blocks in $_[0], $_[1] bytes each. Also what hash_rate measures.
sub block_digests {
    my (undef, $block) = @_;
    my ($digests, $zeros) = ('', "\0" x $block);
    for (my $at = 0; $at < length $_[0]; $at += $block) {
        my $data = substr $_[0], $at, $block;
        $digests .= $data eq $zeros ? "\0\0\0\0\0\0\0\0" : substr Digest::SHA::sha256($data), 0, 8;
    }
    return $digests;
}

# Bytes a second at which this machine makes digests of blocks, for the estimate of a delta.
sub hash_rate {
    my $sample = "bootfleet" x 233_017;
    my ($begun) = POSIX::times();
    block_digests($sample, 4096);
    my $ticks = (POSIX::times())[0] - $begun;
    return $ticks > 0 ? int(length($sample) * POSIX::sysconf(POSIX::_SC_CLK_TCK()) / $ticks) : 200_000_000;
}

# Sends the digests of all blocks: per slot "S" letter and count (32 bits), then pieces "P" or, packed, "Z" with a
# length (32 bits). A digest is the first 8 bytes of the block's SHA-256; 8 zero bytes stand for a block of zeros.
sub command_index {
    $answers = \*STDERR;
    my ($running, $slots) = slots();
    my $block = $arg{block};
    for my $letter (sort keys %$slots) {
        my $slot = $slots->{$letter};
        my $count = int(($slot->{bytes} < $arg{bytes} ? $slot->{bytes} : $arg{bytes}) / $block);
        send_all(\*STDOUT, pack 'aaN', 'S', $letter, $count) or exit 3;
        my $digests = '';
        my $flush = sub {
            return if $digests eq '';
            my $packed = deflated($digests);
            my $small = defined $packed && length $packed < length $digests;
            send_all(\*STDOUT, pack 'aN/a', $small ? ('Z', $packed) : ('P', $digests)) or exit 3;
            $digests = '';
        };
        each_piece($slot, $count * $block, sub {
            $digests .= block_digests($_[0], $block);
            $flush->() if length $digests >= 32768;
        });
        $flush->();
    }
    send_all(\*STDOUT, 'E');
}

# Whether a slot holds an image byte by byte, whatever its record says. The running one is read below its file system,
# which resflash mounts read-only.
sub command_identify {
    my (undef, $slots) = slots();
    my $slot = $slots->{$arg{slot}} // fail('no-slots', "there is no slot $arg{slot}");
    my $same = $arg{bytes} <= $slot->{bytes} && slot_digest($slot, $arg{bytes}) eq $arg{sha256};
    say_line(same => $same ? 1 : 0);
}

# Whether a slot still holds what its record says.
sub command_compare {
    my (undef, $slots) = slots();
    my $slot = $slots->{$arg{slot}} // fail('no-slots', "there is no slot $arg{slot}");
    my $record = read_records()->{$arg{slot}};
    my $same = $record && $record->{readback} && $record->{sha256} eq $arg{sha256} && $record->{bytes} <= $slot->{bytes}
        && slot_digest($slot, $record->{bytes}) eq $record->{readback};
    say_line(same => $same ? 1 : 0);
}
