# The part of bootfleet that runs on a machine being upgraded. It needs what an OpenBSD base system has: perl 5 with its
# core modules. It is sent over SSH at each use and leaves no file of its own behind. transfer/target/program.ts joins
# the numbered files and says how it is started; each command prints lines "key=value" with %XX for odd bytes.
use strict;
use warnings;
use Digest::SHA ();
use Errno qw(EAGAIN EINTR EEXIST);
use Fcntl qw(:DEFAULT :flock :seek);
use IO::Handle ();
use POSIX ();

our %arg = map { /\A([a-z0-9]+)=(.*)\z/s ? ($1 => $2) : fail('usage', "bad argument $_") } @ARGV;
# Put before every path: empty on machines, a folder in bootfleet's own tests.
our $root = $arg{root} // '';

sub escaped { my ($text) = @_; $text =~ s/([^\x21-\x24\x26-\x7e])/sprintf '%%%02x', ord $1/ge; return $text }

# Where answers go: elsewhere than to standard output when that carries bytes.
our $answers = \*STDOUT;

# One line of answer. A connection that is gone is no error here: the work on the machine decides for itself.
sub say_line {
    my (@pairs) = @_;
    my $line = '';
    while (my ($key, $value) = splice @pairs, 0, 2) { $line .= ($line eq '' ? '' : ' ') . "$key=" . escaped($value // '') }
    send_all($answers, "$line\n");
}

sub send_all {
    my ($to, $bytes) = @_;
    my $done = 0;
    while ($done < length $bytes) {
        my $n = syswrite $to, $bytes, length($bytes) - $done, $done;
        next if !defined $n && $! == EINTR;
        return 0 unless defined $n;
        $done += $n;
    }
    return 1;
}

# What was mounted and must not stay so, whatever ends the command; see with_folder.
our @leave;

# Ends the command: "error=<reason> detail=<text>" and exit status 3. The reasons are a contract with answers.ts.
sub fail {
    my ($reason, $detail) = @_;
    say_line(error => $reason, detail => $detail);
    $_->() for map { @$_ } reverse splice @leave;
    exit 3;
}

sub read_file {
    my ($path) = @_;
    sysopen my $file, $path, O_RDONLY or return undef;
    my $text = '';
    while (1) {
        my $n = sysread $file, $text, 65536, length $text;
        next if !defined $n && $! == EINTR;
        last unless $n;
        last if length $text > 1048576;
    }
    return $text;
}

# Replaces a file so that after a power cut it is the old or the new one, never a mixture. Dies with the reason.
sub replace_file {
    my ($path, $text) = @_;
    my $new = "$path.bootfleet-new";
    sysopen my $file, $new, O_WRONLY | O_CREAT | O_TRUNC, 0644 or die "cannot write $new: $!\n";
    my $ok = send_all($file, $text) && $file->sync && close $file;
    unless ($ok) { my $why = $!; unlink $new; die "cannot write $new: $why\n" }
    my @was = stat $path;
    chmod $was[2] & 07777, $new if @was;
    rename $new, $path or die "cannot rename $new: $!\n";
    system 'sync';
}

# Seconds since boot. Never the wall clock: that may be wrong by a year, or be put right meanwhile.
sub uptime {
    if (defined(my $text = read_file("$root/proc/uptime"))) { return $1 if $text =~ /\A([\d.]+)/ }
    require Time::HiRes;
    return Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC());
}

# Something that is new at each boot: Linux has it; elsewhere a random word in /var/run, which rc(8) empties.
sub boot_id {
    if (defined(my $text = read_file("$root/proc/sys/kernel/random/boot_id"))) { $text =~ s/\s+//g; return $text }
    my $path = "$root/var/run/bootfleet.boot-id";
    if (!-e $path) {
        my $random = '';
        if (sysopen my $source, '/dev/urandom', O_RDONLY) { sysread $source, $random, 16 }
        if (sysopen my $file, $path, O_WRONLY | O_CREAT | O_EXCL, 0644) { send_all($file, unpack('H*', $random) . "\n") }
    }
    my $text = read_file($path) // fail('no-boot-id', "cannot read $path: $!");
    $text =~ s/\s+//g;
    return $text;
}
