# Boot loaders are shared by both slots, and upgrade.sh changes them before it switches: the boot record's code, the
# first sector of the OpenBSD partition (biosboot), the /mbr partition with the second stage, and /efi/efi/boot. So they
# are copied to /cfg/bootfleet/loaders before upgrade.sh gets a byte, and put back once the old slot runs again.
#
# /mbr is copied as a whole and raw: biosboot holds the places of the second stage's blocks in it, so only both together
# are right. Nothing is written back when no content differs, which is so between most builds.

our $record_code = 440;

sub loaders_folder { return "$_[0]/bootfleet/loaders" }

# Every file below a folder: { path => content }. boot.conf is left out: it is no loader, and changes on purpose.
sub files_below {
    my ($folder, $below, $found) = @_;
    opendir my $dir, "$folder$below" or return $found;
    for my $name (sort grep { !/\A\.\.?\z/ } readdir $dir) {
        my $path = "$below/$name";
        next if $path eq $boot_conf || $path eq '/lost+found';
        if (-d "$folder$path") { files_below($folder, $path, $found) }
        elsif (-f _) {
            die "$folder$path is larger than a boot loader\n" if -s _ > 1048576;
            $found->{$path} = read_file("$folder$path") // die "cannot read $folder$path: $!\n";
        }
    }
    return $found;
}

sub efi_files {
    my ($write, $code) = @_;
    return undef unless in_fstab('/efi') || mounts()->{'/efi'} || $root ne '';
    return with_folder('/efi', $write, sub { -d "$_[0]/efi/boot" ? $code->("$_[0]/efi/boot") : undef });
}

# Where the parts are on the disk: { disk, code, pbr (offset or undef), mbr (device and bytes, or undef) }.
sub loader_places {
    my ($disk) = (mounts()->{'/'} // {})->{device} =~ m{\A/dev/(.*?)[a-p]\z} or die "/ names no disk\n";
    my ($whole) = grep { -e } "$root/dev/r${disk}c", "$root/dev/${disk}c";
    die "there is no device for the whole of $disk\n" unless defined $whole;
    sysopen my $file, $whole, O_RDONLY or die "cannot read $whole: $!\n";
    my $sector = read_at($file, 0, 512);
    my $pbr;
    for my $entry (0 .. 3) {
        my ($type, $start) = unpack 'x4 C x3 V', substr $sector, 446 + $entry * 16, 16;
        # A6: OpenBSD. Source: OpenBSD fdisk(8).
        $pbr = $start * 512 if $type == 0xa6 && substr($sector, 510, 2) eq "\x55\xaa";
    }
    my ($mbr) = grep { -e } "$root/dev/r${disk}a", "$root/dev/${disk}a";
    my $bytes = defined $mbr ? device_bytes($mbr, $disk, 'a') : 0;
    die "/mbr has $bytes bytes, more than is copied\n" if $bytes > 67108864;
    return { whole => $whole, pbr => $pbr, mbr => $mbr, bytes => $bytes };
}

# The boot record's code and the first sector of the OpenBSD partition.
sub loader_sectors {
    my ($places) = @_;
    sysopen my $file, $places->{whole}, O_RDONLY or die "cannot read $places->{whole}: $!\n";
    return (substr(read_at($file, 0, 512), 0, $record_code), defined $places->{pbr} ? read_at($file, $places->{pbr}, 512) : '');
}

# One digest of everything that boots a slot and is in none.
sub loaders_digest {
    my ($places) = @_;
    my $sha = Digest::SHA->new(256);
    my $add = sub { $sha->add(pack 'N/a', $_) for @_ };
    $add->(loader_sectors($places));
    my $mbr = with_folder('/mbr', 0, sub { files_below($_[0], '', {}) });
    $add->($_, $mbr->{$_}) for sort keys %$mbr;
    my $efi = efi_files(0, sub { files_below($_[0], '', {}) }) // {};
    $add->($_, $efi->{$_}) for sort keys %$efi;
    return $sha->hexdigest;
}

# What the copy is for: { slot, state, content }; undef when there is none that is whole.
sub loaders_copy {
    my $copy = with_folder('/cfg', 0, sub { parse_pairs(read_file(loaders_folder($_[0]) . '/for')) });
    return $copy->{slot} && $copy->{content} ? $copy : undef;
}

# Before slot $slot is written. A copy from an attempt that never came to change anything stays; one of the slot that
# now runs is out of date.
sub save_loaders {
    my ($slot, $running) = @_;
    alone(sub {
        my $places = loader_places();
        my $content = loaders_digest($places);
        my $copy = loaders_copy();
        return if $copy && $copy->{slot} eq $slot && $copy->{content} eq $content;
        fail('loaders', "the boot loaders of an upgrade of slot $slot that failed are still in place")
            if $copy && $copy->{slot} eq $slot && $copy->{state} ne 'proven';
        my ($code, $pbr) = loader_sectors($places);
        my $efi = efi_files(0, sub { files_below($_[0], '', {}) }) // {};
        die "/mbr is mounted\n" if $places->{mbr} && mounts()->{'/mbr'};
        my ($free, $need) = (cfg_free_now(), 65536 + length(join '', values %$efi) + copy_sparse($places->{mbr}, $places->{bytes}));
        fail('no-room', "/cfg has $free bytes free, a copy of the boot loaders needs $need") if $free < $need;
        with_folder('/cfg', 1, sub {
            my $folder = loaders_folder($_[0]);
            for ("$_[0]/bootfleet", $folder) { mkdir $_, 0700 or $! == EEXIST or die "cannot make $_: $!\n" }
            opendir my $dir, $folder or die "cannot read $folder: $!\n";
            unlink "$folder/for";
            unlink map { "$folder/$_" } grep { !/\A\.\.?\z/ } readdir $dir;
            replace_file("$folder/sectors", $code . $pbr);
            copy_sparse($places->{mbr}, $places->{bytes}, "$folder/mbr");
            for my $path (keys %$efi) { (my $name = $path) =~ tr{/}{:}; replace_file("$folder/efi$name", $efi->{$path}) }
            # Last, so that a copy which was cut short is none.
            replace_file("$folder/for", "slot=$slot\nstate=unproven\ncontent=$content\n");
        });
    });
}

sub cfg_free_now { return with_folder('/cfg', 0, \&cfg_free) }

# Copies a device into a file with holes for zeros; without a file it only counts what there is to copy.
sub copy_sparse {
    my ($device, $bytes, $to) = @_;
    return 0 unless defined $device;
    my ($count, $zeros) = (0, "\0" x 4096);
    my $out;
    if (defined $to) { sysopen $out, $to, O_WRONLY | O_CREAT | O_TRUNC, 0600 or die "cannot write $to: $!\n" }
    my $at = 0;
    each_piece({ device => $device }, $bytes, sub {
        for (my $in = 0; $in < length $_[0]; $in += 4096) {
            my $block = substr $_[0], $in, 4096;
            if ($block ne substr $zeros, 0, length $block) {
                $count += 4096;
                if ($out) { sysseek $out, $at, SEEK_SET; send_all($out, $block) or die "cannot write $to: $!\n" }
            }
            $at += length $block;
        }
    });
    if ($out) { truncate $out, $bytes; $out->sync or die "cannot write $to: $!\n"; close $out }
    return $count;
}

# Puts the loaders back that were there before slot X was written, unless X runs. Returns whether anything differed.
# The copy stays until everything is verified, so that one that is cut off is done again.
sub restore_loaders {
    my ($running) = @_;
    return alone(sub {
        my $copy = loaders_copy();
        return 0 if !$copy || $copy->{slot} eq $running;
        my $places = loader_places();
        my $differs = loaders_digest($places) ne $copy->{content};
        if ($differs) {
            put_back($places);
            system 'sync';
            die "the boot loaders are not what they were after they were put back\n" if loaders_digest($places) ne $copy->{content};
            # Its slot lacks its loaders now: it may not be switched to without being written again.
            my $record = read_records()->{ $copy->{slot} };
            write_record($copy->{slot}, state => 'confirmed') if $record && $record->{state} =~ /\A(?:complete|proven)\z/;
        }
        with_folder('/cfg', 1, sub { unlink loaders_folder($_[0]) . '/for' });
        return $differs ? 1 : 0;
    });
}

sub put_back {
    my ($places) = @_;
    my ($sectors, %efi);
    with_folder('/cfg', 0, sub {
        my $folder = loaders_folder($_[0]);
        $sectors = read_file("$folder/sectors") // die "cannot read $folder/sectors: $!\n";
        opendir my $dir, $folder or die "cannot read $folder: $!\n";
        for my $name (grep { /\Aefi:/ } readdir $dir) { (my $path = substr $name, 3) =~ tr{:}{/}; $efi{$path} = read_file("$folder/$name") }
        die "/mbr is mounted\n" if $places->{mbr} && mounts()->{'/mbr'};
        write_differing($places->{mbr}, 0, "$folder/mbr") if defined $places->{mbr};
    });
    my ($code, $pbr) = (substr($sectors, 0, $record_code), substr $sectors, $record_code);
    sysopen my $file, $places->{whole}, O_RDWR or die "cannot write $places->{whole}: $!\n";
    # The partition table stands in the same sector and stays as it is.
    write_sector($file, 0, $code . substr read_at($file, 0, 512), $record_code);
    write_sector($file, $places->{pbr}, $pbr) if defined $places->{pbr} && length $pbr == 512;
    $file->sync;
    efi_files(1, sub {
        my ($folder) = @_;
        my $now = files_below($folder, '', {});
        for my $path (sort keys %efi) { replace_file("$folder$path", $efi{$path}) if ($now->{$path} // '') ne $efi{$path} }
        unlink "$folder$_" for grep { !exists $efi{$_} } keys %$now;
    });
}

sub write_sector {
    my ($file, $at, $bytes) = @_;
    return if read_at($file, $at, 512) eq $bytes;
    defined sysseek $file, $at, SEEK_SET and send_all($file, $bytes) or die "cannot write the sector at $at: $!\n";
}

# Writes the blocks of a device that differ from a file.
sub write_differing {
    my ($device, $at, $from) = @_;
    sysopen my $file, $device, O_RDWR or die "cannot write $device: $!\n";
    sysopen my $copy, $from, O_RDONLY or die "cannot read $from: $!\n";
    while (1) {
        my $wanted = read_at($copy, $at, 4096);
        last if $wanted eq '';
        if (read_at($file, $at, length $wanted) ne $wanted) {
            defined sysseek $file, $at, SEEK_SET and send_all($file, $wanted) or die "cannot write $device at $at: $!\n";
        }
        $at += length $wanted;
    }
    $file->sync or die "cannot write $device: $!\n";
}

sub command_loaders {
    my ($running) = slots();
    say_line(restored => restore_loaders($running));
}

# The slot that runs is proven, so its loaders are too. The copy is kept: a soak may still find the build sick.
sub loaders_proven {
    my ($running) = @_;
    my $copy = loaders_copy();
    return if !$copy || $copy->{slot} ne $running || $copy->{state} eq 'proven';
    with_folder('/cfg', 1, sub { replace_file(loaders_folder($_[0]) . '/for', "slot=$copy->{slot}\nstate=proven\ncontent=$copy->{content}\n") });
}
