# The lock of a machine: /cfg/bootfleet/lock, made with mkdir so that it exists for one holder only. It survives a
# reboot, because an upgrade contains one. Its age is told by time since boot, never by the wall clock: in the same boot
# it is the difference; after a reboot it is at least the whole time since boot.

sub lock_age {
    my ($lock) = @_;
    my $age = ($lock->{boot} // '') eq boot_id() ? uptime() - ($lock->{uptime} || 0) : uptime();
    return $age > 0 ? $age : 0;
}

# Runs the code with the lock's folder; `with_folder` keeps other agents out meanwhile.
sub with_lock_folder {
    my ($code) = @_;
    return with_folder('/cfg', 1, sub {
        my $folder = "$_[0]/bootfleet";
        mkdir $folder, 0700 or $! == EEXIST or die "cannot make $folder: $!\n";
        return $code->("$folder/lock");
    });
}

sub write_lock {
    my ($path) = @_;
    replace_file("$path/holder", join '',
        map { "$_->[0]=" . escaped($_->[1]) . "\n" }
        [id => $arg{id}], [owner => $arg{owner}], [host => $arg{host}], [time => $arg{time}], [boot => boot_id()], [uptime => uptime()]);
}

sub command_lock {
    my $answer = with_lock_folder(sub {
        my ($path) = @_;
        my $broken = '';
        if (-d $path) {
            my $holder = parse_pairs(read_file("$path/holder"));
            if (($holder->{id} // '') ne $arg{id}) {
                my $age = lock_age($holder);
                return { held => 1, %$holder, age => int $age } if $age < $arg{stale};
                $broken = join ' ', map({ "$_=" . ($holder->{$_} // '') } qw(owner host time)), 'age=' . int $age;
            }
        }
        else { mkdir $path, 0700 or die "cannot make $path: $!\n" }
        write_lock($path);
        return { held => 0, broken => $broken };
    });
    fail('locked', join ' ', map { "$_=" . ($answer->{$_} // '') } qw(owner host time age)) if $answer->{held};
    say_line(locked => 1, broken => $answer->{broken});
}

# Tells that the holder is alive. False when the lock is no longer ours.
sub refresh_lock {
    return with_lock_folder(sub {
        my $holder = parse_pairs(read_file("$_[0]/holder"));
        return 0 unless ($holder->{id} // '') eq $arg{id};
        write_lock($_[0]);
        return 1;
    });
}

sub command_refresh {
    fail('lock-lost', 'another rollout holds the lock') unless refresh_lock();
    say_line(locked => 1);
}

# Idempotent; never takes another's lock away.
sub command_unlock {
    with_lock_folder(sub {
        my $holder = parse_pairs(read_file("$_[0]/holder"));
        return unless ($holder->{id} // '') eq $arg{id};
        unlink "$_[0]/holder";
        rmdir $_[0];
    });
    say_line(locked => 0);
}
