# SHA-256 in a process of its own, so that it runs on a second processor where there is one, by whichever program is
# fast here: openssl, which knows the instructions that real processors have for it, or, on an emulated processor
# without them, the one that is made for that (guest/writer/sha256). Perl's own where there is neither.
package Sha256;
use strict;
use warnings;
use Report;

my $emulated_program = '/bin/sha256-blocks';
my $set_pipe_size    = 1031;    # F_SETPIPE_SZ

sub new {
    my ($class) = @_;
    my $self = bless { bytes => 0 }, $class;
    my @program = program();
    if (!@program) {
        require Digest::SHA;
        $self->{own} = Digest::SHA->new(256);
        return $self;
    }
    $self->{padded} = $program[0] =~ m{/sha256-blocks\z};
    pipe my $in_out, my $in     or Report::stop('write', "pipe: $!");
    pipe my $out,    my $out_in or Report::stop('write', "pipe: $!");
    fcntl $in, $set_pipe_size, 1048576;
    my $child = fork;
    Report::stop('write', "fork: $!") unless defined $child;
    if ($child == 0) {
        open STDIN,  '<&', $in_out or exit 126;
        open STDOUT, '>&', $out_in or exit 126;
        exec { $program[0] } @program;
        exit 127;
    }
    @$self{qw(in out child)} = ($in, $out, $child);
    return $self;
}

# The program to run, as words; none when perl shall do it.
sub program {
    return unless -x $emulated_program;
    return choose(cpuinfo());
}

# By /proc/cpuinfo. QEMU's own processor models are emulated, or hide the instructions that openssl is fast with.
sub choose {
    my ($cpuinfo) = @_;
    return $emulated_program if $cpuinfo =~ /^model name\s*:.*\bQEMU\b/m && $cpuinfo !~ /^flags\s*:.*\bsha_ni\b/m;
    return ('/usr/bin/openssl', 'dgst', '-sha256', '-binary');
}

sub cpuinfo { open my $file, '<', '/proc/cpuinfo' or return ''; local $/; return <$file> }

# The next bytes: of $$data those $from to $to, by default all.
sub add {
    my ($self, $data, $from, $to) = @_;
    $from //= 0;
    $to   //= length $$data;
    $self->{bytes} += $to - $from;
    if ($self->{own}) {
        $self->{own}->add($from == 0 && $to == length $$data ? $$data : substr $$data, $from, $to - $from);
        return;
    }
    local $SIG{PIPE} = 'IGNORE';
    while ($from < $to) {
        my $put = syswrite $self->{in}, $$data, $to - $from, $from;
        Report::stop('write', "the SHA-256 program does not take more: $!") unless $put;
        $from += $put;
    }
}

# The digest in hex; ends it.
sub hex {
    my ($self) = @_;
    return $self->{own}->hexdigest if $self->{own};
    if ($self->{padded}) {
        # FIPS 180-4, 5.1.1
        my $bytes = $self->{bytes};
        my $padding = "\x80" . "\0" x ((55 - $bytes) % 64) . pack 'Q>', $bytes * 8;
        $self->add(\$padding);
    }
    close $self->{in};
    my $digest = '';
    while (my $got = sysread $self->{out}, $digest, 64, length $digest) { }
    waitpid $self->{child}, 0;
    Report::stop('write', 'the SHA-256 program ended with ' . ($? >> 8) . ' after ' . length($digest) . ' bytes') if $? || length $digest != 32;
    return unpack 'H64', $digest;
}

1;
