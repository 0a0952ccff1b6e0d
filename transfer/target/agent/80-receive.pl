# Rebuilds an image from blocks that are here and blocks that are sent, and feeds it to upgrade.sh. The last block is
# held back until the SHA-256 of everything is the wanted one and the sender said "go".
#
# Frames on standard input: type (1 byte), length (32 bits), payload.
#   D, Z  instructions; Z is packed with deflate. At most a mebibyte and a bit, unpacked.
#   E     the image ends here
#   G     go: let upgrade.sh have the last block
#   P     the sender is still there; after a minute without a byte it counts as gone
# Instructions: C slot(1) block(32) count(32): copy blocks that are here; L length(32) bytes; 0 count(32): zero blocks.

our $largest_frame = 2 * 1048576;
our (%job, $job_lock);

sub read_frame {
    my $head = read_input(5);
    return unless defined $head;
    my ($type, $length) = unpack 'aN', $head;
    return give_up('protocol', "frame $type of $length bytes") if $length > $largest_frame;
    my $payload = $length ? read_input($length) : '';
    return unless defined $payload;
    if ($type eq 'Z') {
        $payload = inflated($payload, $largest_frame);
        return give_up('protocol', 'a packed frame is damaged') unless defined $payload;
        $type = 'D';
    }
    return [$type, $payload];
}

# Reads from the sender while watching upgrade.sh. Undef when the connection ended.
sub read_input {
    my ($length) = @_;
    my $data = '';
    while (length $data < $length) {
        wait_for_sender();
        my $n = sysread STDIN, $data, $length - length $data, length $data;
        $job{silent} = 0;
        next if !defined $n && $! == EINTR;
        give_up('disconnected', 'the connection ended before the image was complete') unless $n;
    }
    return $data;
}

# Waits until the sender has sent something. Meanwhile passes on what upgrade.sh prints, notices its end, and keeps the
# lock fresh.
sub wait_for_sender {
    while (1) {
        my $r = '';
        vec($r, fileno STDIN, 1) = 1;
        vec($r, fileno $job{output}, 1) = 1 if $job{output};
        vec($r, fileno $job{status}, 1) = 1 if $job{status};
        my $n = select $r, undef, undef, 10;
        next if $n < 0;
        # Asking for the time costs more than a block: only now and then.
        keep_lock() if $n == 0 || ++$job{rounds} % 1024 == 0;
        give_up('disconnected', 'the sender was silent for a minute') if $n == 0 && ++$job{silent} >= 6;
        pass_output() if $job{output} && vec $r, fileno $job{output}, 1;
        upgrade_ended() if $job{status} && vec $r, fileno $job{status}, 1;
        return if vec $r, fileno STDIN, 1;
    }
}

sub keep_lock {
    return if $job{released} || !$arg{id} || uptime() - $job{refreshed} < 30;
    $job{refreshed} = uptime();
    give_up('lock-lost', 'another rollout took the lock') unless refresh_lock();
}

# upgrade.sh's own lines, one by one, at most 256 KiB of them. Hex digests of SHA-256 and SHA-512 are looked for.
sub pass_output {
    my $n = sysread $job{output}, my $bytes, 65536;
    if (!$n) { $job{output} = undef; return }
    return if ($job{printed} += $n) > 262144;
    $job{text} .= $bytes;
    while ($job{text} =~ s/\A([^\n\r]*)[\r\n]+// || length $job{text} > 4096 && $job{text} =~ s/\A(.{4096})//s) {
        my $line = $1;
        $job{digest} = $1 if $line =~ /(?<![0-9a-f])([0-9a-f]{128}|[0-9a-f]{64})(?![0-9a-f])/;
        $job{complete} = 1 if $line =~ /\AUpgrade complete!/;
        say_line(output => $line) if $line ne '';
    }
}

sub upgrade_ended {
    sysread $job{status}, my $word, 64;
    $job{ended} = defined $word && $word =~ /\A(\d+)/ ? $1 : 'killed';
    $job{status} = undef;
    give_up('upgrade-ended', "upgrade.sh ended with status $job{ended} before it had the whole image") unless $job{released};
}

# Feeds bytes to upgrade.sh, as fast as it takes them: $_[0] from $_[1], $_[2] bytes. Where the pipe could be made large
# the write does not block: when the pipe is full, upgrade.sh gets a moment to empty much of it, because waking up for every
# page that it reads costs more than all the rest. Elsewhere the write blocks, and an alarm ends it each second to look
# after upgrade.sh; it sets itself again, so that one that fires just before the write is not the last.
sub feed {
    my (undef, $done, $left) = @_;
    my ($stalled, $waits) = (0, 0);
    local $SIG{ALRM} = sub { alarm 1 };
    alarm 1 unless $job{roomy};
    while ($left > 0) {
        my $n = syswrite $job{input}, $_[0], $left, $done;
        my $why = $!;
        if (defined $n) { $done += $n; $left -= $n; $stalled = 0; next unless $left > 0 && !$job{roomy} }
        elsif ($why == EAGAIN) { select undef, undef, undef, 0.005; next if ++$waits % 200 }
        elsif ($why != EINTR) { alarm 0; give_up('upgrade-ended', "upgrade.sh stopped reading: $why") }
        look_after();
        if (++$stalled > 600) { alarm 0; give_up('stalled', 'upgrade.sh has read nothing for ten minutes') }
    }
    alarm 0 unless $job{roomy};
}

# What upgrade.sh has printed and whether it has ended, without waiting.
sub look_after {
    my $r = '';
    vec($r, fileno $job{output}, 1) = 1 if $job{output};
    vec($r, fileno $job{status}, 1) = 1 if $job{status};
    return if select($r, undef, undef, 0) <= 0;
    pass_output() if $job{output} && vec $r, fileno $job{output}, 1;
    upgrade_ended() if $job{status} && vec $r, fileno $job{status}, 1;
}

# Takes the next bytes of the image, $_[0]: into the digest, and to upgrade.sh unless they belong to the last block.
sub take {
    my $length = length $_[0];
    $job{taken} += $length;
    give_up('long', "more than the $arg{bytes} bytes of the image came") if $job{taken} > $arg{bytes};
    $job{sha}->add($_[0]);
    my $free = length($job{held}) + $length - $job{hold};
    if ($free < length $job{held}) {
        $job{held} .= $_[0];
        feed(substr($job{held}, 0, $free, ''), 0, $free) if $free > 0;
        return;
    }
    # The usual case, without another copy of the bytes.
    feed($job{held}, 0, length $job{held});
    $free -= length $job{held};
    feed($_[0], 0, $free);
    $job{held} = substr $_[0], $free;
}

sub instructions {
    my ($payload) = @_;
    my $at = 0;
    while ($at < length $payload) {
        my $op = substr $payload, $at, 1;
        if ($op eq 'L') {
            my ($length) = unpack 'N', substr $payload, $at + 1, 4;
            give_up('protocol', 'a literal reaches past its frame') if $at + 5 + $length > length $payload;
            # A variable: a substr that is passed on is copied again at each use.
            my $bytes = substr $payload, $at + 5, $length;
            take($bytes);
            $at += 5 + $length;
        }
        elsif ($op eq 'C') {
            my ($slot, $block, $count) = unpack 'aNN', substr $payload, $at + 1, 9;
            copy_blocks($slot, $block, $count);
            $at += 10;
        }
        elsif ($op eq '0') {
            my ($count) = unpack 'N', substr $payload, $at + 1, 4;
            give_up('long', "more than the $arg{bytes} bytes of the image came") if $count * $arg{block} > $arg{bytes};
            my $most = int($piece / $arg{block}) || 1;
            for (my $left = $count; $left > 0; $left -= $most) { take("\0" x ($arg{block} * ($left < $most ? $left : $most))) }
            $at += 5;
        }
        else { give_up('protocol', 'an unknown instruction') }
    }
}

sub copy_blocks {
    my ($letter, $block, $count) = @_;
    my $file = $job{files}{$letter} // give_up('protocol', "no slot $letter to copy from");
    my ($at, $left) = ($block * $arg{block}, $count * $arg{block});
    # The slot that is being written: what lies before the writer is already new, so only what lies ahead may be read.
    give_up('protocol', "block $block of slot $letter is already overwritten") if $letter eq $arg{slot} && $at < $job{taken};
    while ($left > 0) {
        my $data = read_at($file, $at, $left < $piece ? $left : $piece);
        give_up('slot-unreadable', "slot $letter ends at byte $at") if $data eq '';
        take($data);
        keep_lock();
        $at += length $data;
        $left -= length $data;
    }
}

# Nothing is made active: upgrade.sh is killed while its input is still open, then boot.conf is compared.
sub give_up {
    my ($reason, $detail) = @_;
    settle() if $reason eq 'disconnected';
    my ($ended, $same) = stop_upgrade();
    fail('not-undone', "$reason: $detail; boot.conf could not be put back") unless $same;
    # As a rule it has not come to them. What does not work here is done by the next upgrade, which finds the copy.
    eval { restore_loaders($job{running}) };
    fail($reason, $detail);
}

# What upgrade.sh was given and has not read is lost with it: it gets up to two seconds to read it, so that the next
# attempt finds it in the slot. Where the pipe is small there is little to lose. 0x541b: FIONREAD of Linux, ioctl_pipe(2).
sub settle {
    return unless $job{roomy} && $job{input};
    for (1 .. 200) {
        my $left = pack 'i', 0;
        last unless ioctl($job{input}, 0x541b, $left) && unpack 'i', $left;
        select undef, undef, undef, 0.01;
    }
}

sub stop_upgrade {
    if ($job{control}) {
        syswrite $job{control}, 'K';
        if ($job{status}) { while (!defined sysread $job{status}, my $word, 64) { last if $! != EINTR } }
        close $job{control};
        close $job{input} if $job{input};
        $job{control} = undef;
    }
    return (1, !defined $job{boot_conf} || restore_boot_conf($job{boot_conf}));
}

# One receiver at a time. An earlier one of the same rollout, whose connection hangs, is told to give up: it kills its
# upgrade.sh first. An upgrade.sh that somebody else started is left alone.
sub only_receiver {
    my ($folder) = grep { -d } "$root/var/run", "$root/tmp";
    sysopen my $file, "$folder/bootfleet.receiver", O_RDWR | O_CREAT, 0600 or die "cannot write $folder/bootfleet.receiver: $!\n";
    if (!flock $file, LOCK_EX | LOCK_NB) {
        sysread $file, my $pid, 32;
        kill 'TERM', $1 if ($pid // '') =~ /\A(\d+)/;
        local $SIG{ALRM} = sub { die "an earlier receiver does not end\n" };
        alarm 60;
        flock $file, LOCK_EX;
        alarm 0;
    }
    fail('upgrade-runs', 'somebody else runs upgrade.sh') if grep { /upgrade\.sh/ && !/perl/ } running_commands();
    truncate $file, 0;
    sysseek $file, 0, SEEK_SET;
    send_all($file, "$$\n");
    # The guard must not keep this lock when the receiver is gone: perl marks the file close-on-exec, the guard closes it.
    $job_lock = $file;
    return $file;
}

sub running_commands {
    return map { my $line = read_file($_) // ''; $line =~ tr/\0/ /; $line } glob "$root/proc/[0-9]*/cmdline" if -d "$root/proc/self" || $root ne '';
    return `ps -axww -o command`;
}

sub command_receive {
    my ($running, $slots) = slots();
    my $slot = $slots->{$arg{slot}} // fail('no-slots', "there is no slot $arg{slot}");
    fail('wrong-slot', "slot $arg{slot} is running") if $arg{slot} eq $running;
    fail('too-large', "$arg{bytes} bytes for slot $arg{slot} of $slot->{bytes}") if $arg{bytes} > $slot->{bytes};
    my $program = "$root/resflash/upgrade.sh";
    my $only = only_receiver();
    fail('no-upgrade-sh', "$program cannot be executed") unless -x $program;
    %job = (
        running => $running, taken => 0, held => '', text => '', printed => 0, digest => '', complete => 0, released => 0, refreshed => uptime(), silent => 0, rounds => 0,
        hold => $arg{block} < $arg{bytes} ? $arg{block} : $arg{bytes}, sha => Digest::SHA->new(256),
        files => { map { $_ => open_slot($slots->{$_}) } keys %$slots },
    );
    save_loaders($arg{slot}, $running);
    # From here on the slot is a mixture, and whoever comes next must know.
    write_record($arg{slot}, state => 'writing', build => $arg{build}, sha256 => $arg{sha256}, bytes => $arg{bytes},
        rollout => $arg{id}, readback => '');
    $job{boot_conf} = boot_conf_text();
    $SIG{PIPE} = 'IGNORE';
    $SIG{$_} = sub { give_up('interrupted', "signal $_[0]") } for qw(HUP INT TERM);
    %job = (%job, %{ start_upgrade($program) });
    $job{roomy} = enlarged($job{input});
    say_line(receiving => $arg{bytes});
    my $told = 0;
    while (my $frame = read_frame()) {
        my ($type, $payload) = @$frame;
        if ($type eq 'D') { instructions($payload) }
        elsif ($type eq 'E') { confirm() }
        elsif ($type eq 'P') { }
        elsif ($type eq 'G' && $job{confirmed}) { return release($slot, $running) }
        else { give_up('protocol', "frame $type was not expected") }
        if ($job{taken} - $told >= 1048576) { say_line(taken => $told = $job{taken}) }
    }
}

sub confirm {
    give_up('short', "$job{taken} of $arg{bytes} bytes came") if $job{taken} != $arg{bytes};
    my $found = $job{sha}->hexdigest;
    give_up('digest', "the image has SHA-256 $found, wanted is $arg{sha256}") if $found ne $arg{sha256};
    $job{confirmed} = 1;
    say_line(confirmed => $found);
}
