# The commands; the first argument that is not key=value would be refused by 10-basics.pl, so it is command=NAME.

sub command_observe {
    my ($running, $slots) = slots();
    my $build = substr read_file("$root/resflash/BUILD") // '', 0, 2048;
    my $architecture = (POSIX::uname())[4];
    my ($records, $free, $copy) = @{ with_folder('/cfg', 0, sub { [read_records(), cfg_free(), loaders_copy()] }) };
    say_line(
        running => $running, next => slot_of_boot_conf(boot_conf_text()), buildfile => $build, hashrate => hash_rate(), architecture => $architecture,
        boot => boot_id(), uptime => uptime(), cfgfree => $free,
        # The slot whose upgrade may have changed the boot loaders and is not proven.
        loaders => $copy && $copy->{state} ne 'proven' ? $copy->{slot} : '', zlib => defined deflated('') ? 1 : 0,
    );
    for my $letter (sort keys %$slots) {
        my $record = $records->{$letter} // {};
        say_line(slot => $letter, size => $slots->{$letter}{bytes}, map { $_ => $record->{$_} // '' } qw(state build sha256 bytes readback));
    }
}

sub command_next { set_next_slot($arg{slot}); say_line(next => $arg{slot}) }

sub command_proven {
    my ($running) = slots();
    fail('wrong-slot', "slot $running is running instead of $arg{slot}") if $running ne $arg{slot};
    # Only a slot that bootfleet wrote has a record to complete.
    write_record($running, state => 'proven') if read_records()->{$running};
    loaders_proven($running);
    say_line(proven => $running);
}

# Reboots once the caller has hung up, so that it learns that the order arrived.
sub command_reboot {
    system 'sync';
    say_line(rebooting => 1);
    my $child = fork // fail('no-fork', "$!");
    return if $child;
    POSIX::setsid();
    $SIG{HUP} = 'IGNORE';
    close STDOUT;
    close STDERR;
    my $ready = '';
    vec($ready, fileno STDIN, 1) = 1;
    select $ready, undef, undef, 10;
    exec 'reboot';
}

my %commands = (
    observe => \&command_observe, lock => \&command_lock, refresh => \&command_refresh, unlock => \&command_unlock,
    index => \&command_index, identify => \&command_identify, compare => \&command_compare, receive => \&command_receive, next => \&command_next,
    proven => \&command_proven, loaders => \&command_loaders, reboot => \&command_reboot,
);
my $command = $commands{$arg{command} // ''} // fail('usage', 'no such command');
eval { $command->(); 1 } or do {
    my $why = $@;
    chomp $why;
    give_up('machine', $why) if $job{control};
    fail('machine', $why);
};
