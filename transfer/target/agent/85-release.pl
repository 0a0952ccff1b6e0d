# After "go": upgrade.sh gets its last block and the end of its input. From here on the connection does not matter any
# more, because the data is right: what was begun is finished and recorded even when nobody listens.

sub release {
    my ($slot, $running) = @_;
    $SIG{$_} = 'IGNORE' for qw(HUP INT TERM);
    # upgrade.sh mounts /cfg and /mbr by itself from now on: no other agent may be in there.
    return alone(sub {
        write_record($arg{slot}, state => 'confirmed');
        feed($job{held}, 0, length $job{held});
        $job{released} = 1;
        # The guard lets go first: were we to end between the two lines, it would still kill upgrade.sh.
        syswrite $job{control}, 'G';
        close $job{input};
        $job{input} = undef;
        say_line(released => 1);
        my $limit = uptime() + ($arg{finish} || 1800);
        watch_upgrade($limit) while $job{status};
        pass_output() while $job{output};
        my $why = problem();
        if ($why eq '') {
            system 'sync';
            my $readback = slot_digest($slot, $arg{bytes});
            write_record($arg{slot}, state => 'complete', readback => $readback);
            say_line(written => $arg{slot}, digest => $job{digest});
            return;
        }
        # boot.conf names the old slot again, and the boot loaders are what they were.
        my (undef, $same) = stop_upgrade();
        write_record($arg{slot}, state => 'writing');
        eval { restore_loaders($running); 1 } or do { chomp(my $left = $@); $why .= "; its boot loaders could not be put back: $left" };
        fail($same ? 'upgrade-failed' : 'not-undone', $why);
    });
}

sub watch_upgrade {
    my ($limit) = @_;
    my $r = '';
    vec($r, fileno $job{output}, 1) = 1 if $job{output};
    vec($r, fileno $job{status}, 1) = 1;
    my $left = $limit - uptime();
    if ($left <= 0) { syswrite $job{control}, 'K'; $left = 60 }
    return if select($r, undef, undef, $left) <= 0;
    pass_output() if $job{output} && vec $r, fileno $job{output}, 1;
    upgrade_ended() if vec $r, fileno $job{status}, 1;
}

# What is wrong with how upgrade.sh ended; empty when nothing is. It never compares the digest that it prints.
sub problem {
    return "upgrade.sh did not end in time" if $job{ended} eq 'killed';
    return 'upgrade.sh ended with ' . ($job{ended} & 127 ? 'signal ' . ($job{ended} & 127) : 'status ' . ($job{ended} >> 8)) if $job{ended} != 0;
    return 'upgrade.sh printed no digest' if $job{digest} eq '';
    return "upgrade.sh printed digest $job{digest}, which is not the image's" if $job{digest} ne $arg{sha256} && $job{digest} ne $arg{sha512};
    return 'upgrade.sh did not print "Upgrade complete!"' unless $job{complete};
    my $next = slot_of_boot_conf(boot_conf_text());
    return "boot.conf names slot " . ($next || 'none') . " instead of $arg{slot}" if $next ne $arg{slot};
    return '';
}
