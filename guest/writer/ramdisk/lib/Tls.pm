# A connection whose server has shown a certificate for its name, through openssl s_client.
package Tls;
use strict;
use warnings;
use Socket;
use IO::Handle;

my $authorities = '/etc/ssl/certs/ca-certificates.crt';
my $words       = '/tmp/openssl.words';

sub connect {
    my ($host, $port) = @_;
    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or return (undef, "socketpair: $!");
    my $child = fork;
    return (undef, "fork: $!") unless defined $child;
    if ($child == 0) {
        open STDIN,  '<&', $theirs;
        open STDOUT, '>&', $theirs;
        open STDERR, '>',  $words;
        close $ours;
        my $is_address = $host =~ /^[0-9.]+$/;
        exec 'openssl', 's_client', '-quiet', '-no_ign_eof', '-verify_return_error', '-CAfile', $authorities,
            '-connect', "$host:$port", $is_address ? ('-verify_ip', $host) : ('-servername', $host, '-verify_hostname', $host);
        exit 127;
    }
    close $theirs;
    setsockopt $ours, SOL_SOCKET, SO_RCVTIMEO, pack 'l!l!', 30, 0;
    $ours->autoflush(1);
    return ($ours);
}

# What openssl said about the connection that has just failed.
sub problem {
    my ($scheme) = @_;
    return '' unless $scheme eq 'https' && open my $file, '<', $words;
    my ($line) = grep { /verify error|error:|connect:/ } <$file>;
    return defined $line ? " ($line)" : '';
}

1;
