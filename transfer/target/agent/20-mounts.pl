# Mounts: which slot runs, and /cfg and /mbr made reachable for as long as they are needed and left as they were found.

sub mounts {
    my %found;
    for (`mount`) {
        my ($device, $dir, $options) = /\A(\S+) on (\S+)(?: type \S+)? \((.*)\)/ or next;
        # The last one counts: an initial ramdisk may have mounted "/" before.
        $found{$dir} = { device => $device, readonly => scalar($options =~ /(?:\A|[\s,])(?:ro|read-only)(?:[\s,]|\z)/) };
    }
    return \%found;
}

sub in_fstab {
    my ($dir) = @_;
    my $text = read_file("$root/etc/fstab") // return 0;
    return scalar grep { /\A\s*[^#\s]\S*\s+\Q$dir\E\s/ } split /\n/, $text;
}

# Runs the code with $dir there, writable when asked for, and puts everything back, also when the code dies. Only one
# agent does so at a time: another one unmounting the folder, or upgrade.sh finding it mounted, would break the work.
sub with_folder {
    my ($dir, $write, $code) = @_;
    return alone(sub {
        my @undo;
        my $now = mounts()->{$dir};
        if (!$now && in_fstab($dir)) {
            system('mount', $dir) == 0 or die "cannot mount $dir\n";
            push @undo, sub { system 'umount', $dir };
            $now = mounts()->{$dir};
        }
        if ($write && $now && $now->{readonly}) {
            if (!remount($dir, 1)) { $_->() for @undo; die "cannot make $dir writable\n" }
            unshift @undo, sub { remount($dir, 0) };
        }
        local @leave = (@leave, \@undo);
        my $result = eval { $code->("$root$dir") };
        my $why = $@;
        $_->() for @undo;
        die $why if $why ne '';
        return $result;
    });
}

# Runs the code while no other agent is in here; waits for two minutes at most. May be nested.
our $alone;
sub alone {
    my ($code) = @_;
    return $code->() if $alone;
    my ($folder) = grep { -d } "$root/var/run", "$root/tmp";
    sysopen my $mutex, "$folder/bootfleet.mutex", O_RDWR | O_CREAT, 0600 or die "cannot write $folder/bootfleet.mutex: $!\n";
    local $SIG{ALRM} = sub { die "another bootfleet works on this machine\n" };
    alarm 120;
    my $locked = eval { flock $mutex, LOCK_EX };
    my $why = $@;
    alarm 0;
    die $why || "cannot lock $folder/bootfleet.mutex: $!\n" unless $locked;
    local $alone = 1;
    return $code->();
}

# mount(8) of OpenBSD changes a mount with -u, that of Linux with -o remount.
sub remount {
    my ($dir, $write) = @_;
    return system('mount', $write ? '-uw' : '-ur', $dir) == 0 if $^O eq 'openbsd';
    return system('mount', '-o', $write ? 'remount,rw' : 'remount,ro', $dir) == 0;
}

# The slots of the disk that "/" is on: (running letter, { letter => { device, bytes } }).
# Slot letters d and e: resflash's disk layout.
sub slots {
    my $root_mount = mounts()->{'/'} // fail('no-root', 'mount names no device for /');
    my ($disk, $running) = $root_mount->{device} =~ m{\A/dev/(.*?)([a-p])\z}
        or fail('no-slots', "/ is $root_mount->{device}, which names no slot");
    my %found;
    for my $letter ('d', 'e') {
        my ($device) = grep { -e } "$root/dev/r$disk$letter", "$root/dev/$disk$letter";
        next unless defined $device;
        $found{$letter} = { device => $device, bytes => device_bytes($device, $disk, $letter) };
    }
    return ($running, \%found);
}

# Length of a slot. A block device says it when asked for its end; OpenBSD's raw devices do not, there disklabel(8) does.
sub device_bytes {
    my ($device, $disk, $letter) = @_;
    if ($^O eq 'openbsd') {
        my $sector = 512;
        for (`disklabel $disk`) {
            $sector = $1 if /\Abytes\/sector:\s*(\d+)/;
            return $1 * $sector if /\A\s*\Q$letter\E:\s+(\d+)\s/;
        }
        return 0;
    }
    sysopen my $file, $device, O_RDONLY or return 0;
    return (sysseek($file, 0, SEEK_END) || 0) + 0;
}
