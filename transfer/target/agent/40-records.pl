# What is known about each slot, in /cfg/bootfleet/slot.<letter>: it survives both slots.

our @record_keys = qw(state build sha256 bytes readback rollout);

sub parse_pairs {
    my ($text) = @_;
    return { map { /\A([a-z0-9]+)=(.*)\z/ ? ($1 => $2) : () } split /\n/, $text // '' };
}

sub read_records {
    my %found;
    with_folder('/cfg', 0, sub {
        for my $letter ('d', 'e') {
            my $record = parse_pairs(read_file("$_[0]/bootfleet/slot.$letter"));
            $found{$letter} = $record if $record->{state};
        }
    });
    return \%found;
}

# Changes fields of a slot's record. A new state without other fields keeps the rest.
sub write_record {
    my ($letter, %change) = @_;
    with_folder('/cfg', 1, sub {
        my $folder = "$_[0]/bootfleet";
        mkdir $folder, 0700 or $! == EEXIST or die "cannot make $folder: $!\n";
        my $record = parse_pairs(read_file("$folder/slot.$letter"));
        $record = { %$record, %change };
        replace_file("$folder/slot.$letter", join '', map { "$_=$record->{$_}\n" } grep { ($record->{$_} // '') ne '' } @record_keys);
    });
}

sub cfg_free {
    my ($line) = grep { m{\s\d+%\s} } reverse `df -kP $root/cfg 2>/dev/null`;
    return defined $line && $line =~ /\s\d+\s+\d+\s+(-?\d+)\s+\d+%/ ? ($1 > 0 ? $1 * 1024 : 0) : 0;
}
