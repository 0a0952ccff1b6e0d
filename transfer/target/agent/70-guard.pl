# upgrade.sh takes the end of its input for "everything is there" and makes the slot active. So the end must never come
# by accident: besides the receiver a guard of its own holds the writing end of the pipe. The guard is upgrade.sh's
# parent. Unless it was told "G" (every byte was compared), it answers the receiver's end, however that came, by killing
# upgrade.sh's whole process group, and lets go of the pipe only when the group is gone.

# Starts upgrade.sh. Returns { input, output, control, status }: pipes to and from.
sub start_upgrade {
    my ($program) = @_;
    pipe my $in_read, my $in_write or die "pipe: $!\n";
    pipe my $out_read, my $out_write or die "pipe: $!\n";
    pipe my $control_read, my $control_write or die "pipe: $!\n";
    pipe my $status_read, my $status_write or die "pipe: $!\n";
    my $guard = fork // die "fork: $!\n";
    if ($guard == 0) {
        POSIX::setsid();
        close $main::job_lock if $main::job_lock;
        close $_ for $out_read, $control_write, $status_read, \*STDIN, \*STDOUT, \*STDERR;
        $SIG{$_} = 'IGNORE' for qw(HUP INT TERM PIPE QUIT);
        my $upgrade = fork;
        if (defined $upgrade && $upgrade == 0) {
            POSIX::setpgid(0, 0);
            $SIG{$_} = 'DEFAULT' for qw(HUP INT TERM PIPE QUIT);
            # dup2: plain numbers, because the standard handles are closed here.
            POSIX::dup2(fileno $in_read, 0);
            POSIX::dup2(fileno $out_write, 1);
            POSIX::dup2(fileno $out_write, 2);
            # No other end may leak into upgrade.sh: it would keep its own input open, or our pipes.
            POSIX::close($_) for 3 .. 255;
            exec { $program } $program or POSIX::_exit(127);
        }
        close $_ for $in_read, $out_write;
        POSIX::_exit(1) unless defined $upgrade;
        POSIX::setpgid($upgrade, $upgrade);
        guard($upgrade, $in_write, $control_read, $status_write);
        POSIX::_exit(0);
    }
    close $_ for $in_read, $out_write, $control_read, $status_write;
    return { input => $in_write, output => $out_read, control => $control_write, status => $status_read };
}

# Makes the pipe to upgrade.sh hold 256 KiB and its writes return when it is full. Linux only (fcntl(2), F_SETPIPE_SZ);
# false elsewhere, and nothing is changed.
sub enlarged {
    my ($pipe) = @_;
    return 0 unless $^O eq 'linux' && fcntl $pipe, 1031, 262144;
    my $flags = fcntl $pipe, F_GETFL, 0 or return 0;
    return fcntl($pipe, F_SETFL, $flags | O_NONBLOCK) ? 1 : 0;
}

sub guard {
    my ($upgrade, $input, $control, $status) = @_;
    # upgrade.sh's end arrives as a byte in a pipe, so that one select waits for it and for orders.
    pipe my $ended, my $note or POSIX::_exit(1);
    local $SIG{CHLD} = sub { syswrite $note, '!' };
    my $released = 0;
    while (1) {
        # The signal may have come before the handler was there: look first, then wait.
        if (waitpid($upgrade, POSIX::WNOHANG()) == $upgrade) { send_all($status, "$?\n"); last }
        my $ready = '';
        vec($ready, fileno $control, 1) = 1 unless $released eq 'alone';
        vec($ready, fileno $ended, 1) = 1;
        next unless select($ready, undef, undef, 1) > 0;
        if (vec $ready, fileno $ended, 1) { sysread $ended, my $drop, 512; next }
        my $n = sysread $control, my $order, 1;
        next if !defined $n && $! == EINTR;
        if ($n && $order eq 'G' && !$released) { $released = 'G'; close $input; next }
        # The receiver is gone, but everything was confirmed: upgrade.sh is left to finish.
        if ($released && !$n) { $released = 'alone'; next }
        end_group($upgrade);
        send_all($status, "killed\n");
        last;
    }
    end_group($upgrade);
}

# Kills a process group and returns when nothing of it is left, at the latest after 30 s: a process that waits for the
# disk dies when the disk has answered.
sub end_group {
    my ($group) = @_;
    for (1 .. 600) {
        last unless kill 'KILL', -$group;
        waitpid $group, POSIX::WNOHANG();
        last unless group_lives($group);
        select undef, undef, undef, 0.05;
    }
}

# Whether a process of the group still runs. The dead that init has not collected yet do not count, where that can be told.
sub group_lives {
    my ($group) = @_;
    return 1 unless -e '/proc/self/stat';
    for (glob '/proc/[0-9]*/stat') {
        my ($state, $of) = (read_file($_) // '') =~ /\)\s(\S)\s\S+\s(\S+)/ or next;
        return 1 if $of == $group && $state ne 'Z';
    }
    return 0;
}
