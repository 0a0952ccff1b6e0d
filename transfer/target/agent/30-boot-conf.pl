# /mbr/etc/boot.conf: which slot boots next. The same pattern as resflash's own upgrade.sh changes: hd0[a-p].

our $boot_conf = '/etc/boot.conf';

sub boot_conf_text { return with_folder('/mbr', 0, sub { read_file("$_[0]$boot_conf") }) // '' }

sub slot_of_boot_conf { my ($text) = @_; return $text =~ /^\s*set\s+device\s+hd0([a-p])\s*$/m ? $1 : '' }

sub set_next_slot {
    my ($letter) = @_;
    with_folder('/mbr', 1, sub {
        my $path = "$_[0]$boot_conf";
        my $text = read_file($path) // '';
        return if slot_of_boot_conf($text) eq $letter;
        $text = "set device hd0$letter\n$text" unless $text =~ s/^(\s*set\s+device\s+hd0)[a-p](\s*)$/$1$letter$2/m;
        replace_file($path, $text);
    });
    my $now = slot_of_boot_conf(boot_conf_text());
    die "boot.conf names slot $now after it was set to $letter\n" if $now ne $letter;
}

# Puts back what was read before. True when boot.conf is as it was.
sub restore_boot_conf {
    my ($text) = @_;
    return 1 if boot_conf_text() eq $text;
    eval { with_folder('/mbr', 1, sub { replace_file("$_[0]$boot_conf", $text) }); 1 } or return 0;
    return boot_conf_text() eq $text;
}
