# The body of a URL, read piece by piece. A connection that breaks or stalls is taken up again where it ended.
package Http;
use strict;
use warnings;
use IO::Socket::INET;
use Report;
use Tls;

my $redirects = 5;
my $attempts  = 6;
my $stall     = 30;    # seconds without a byte

sub new {
    my ($class, $url) = @_;
    my $self = bless { url => $url, at => 0, length => undef, attempt => 0, validator => undef }, $class;
    $self->request;
    return $self;
}

# Bytes of the whole body, if the server told.
sub total { return $_[0]{length} }

# Puts at most $want bytes behind the first $have of $$buffer. 0 at the end of the body.
sub read {
    my ($self, $buffer, $want, $have) = @_;
    for (;;) {
        my $got = sysread $self->{socket}, $$buffer, $want, $have;
        if ($got) {
            $self->{at} += $got;
            $self->{attempt} = 0;
            return $got;
        }
        my $whole = defined $self->{length} ? $self->{at} >= $self->{length} : defined $got;
        return 0 if defined $got && $whole;
        next if !defined $got && $!{EINTR};
        my $why = defined $got ? 'the connection ended early' : "reading: $!";
        $self->again("$why after $self->{at} of " . ($self->{length} // 'unknown') . ' bytes');
    }
}

# Connects and asks for what is still missing, until an answer comes or the attempts are used up.
sub request {
    my ($self) = @_;
    for (;;) {
        my $problem = $self->ask or return;
        $self->give_up($problem);
    }
}

sub again {
    my ($self, $problem) = @_;
    $self->give_up($problem);
    $self->request;
}

sub give_up {
    my ($self, $problem) = @_;
    Report::stop('http', "$self->{url}: $problem, tried $attempts times") if ++$self->{attempt} >= $attempts;
    my $pause = 2**($self->{attempt} - 1);
    sleep($pause > 8 ? 8 : $pause);
}

# One request. Empty on success, a sentence for what may be tried again; the rest ends the work.
sub ask {
    my ($self) = @_;
    my $url = $self->{url};
    for my $hop (0 .. $redirects) {
        my ($scheme, $host, $port, $path) = $url =~ m{^(https?)://([^/:?\#]+)(?::([0-9]+))?(/[^\#]*)?}
            or Report::stop('http', "$url is not a URL of http or https");
        $port ||= $scheme eq 'https' ? 443 : 80;
        my ($socket, $problem) = $scheme eq 'https' ? Tls::connect($host, $port) : tcp($host, $port);
        return $problem unless $socket;
        my $name = $port == ($scheme eq 'https' ? 443 : 80) ? $host : "$host:$port";
        my $range = $self->{at} ? "Range: bytes=$self->{at}-\r\n" : '';
        $range .= "If-Range: $self->{validator}\r\n" if $self->{at} && $self->{validator};
        print {$socket} 'GET ' . ($path // '/') . " HTTP/1.1\r\nHost: $name\r\nUser-Agent: bootfleet-writer\r\n"
            . "Accept-Encoding: identity\r\nConnection: close\r\n$range\r\n";
        my ($status, $header, $error) = head($socket);
        if (defined $error) {
            my $said = Tls::problem($scheme);
            # A certificate does not become right by asking again.
            Report::stop('http', "$url: $error$said") if $said =~ /verify error/;
            return $error . $said;
        }
        if ($status =~ /^30[12378]$/) {
            my $target = $header->{location} // '';
            $url = $target =~ m{^https?://} ? $target : "$scheme://$name$target";
            Report::stop('http', 'redirected from https to http') if $scheme eq 'https' && $url =~ /^http:/;
            next;
        }
        return "status $status" if $status =~ /^(?:5..|408|429)$/;
        return $self->accept($socket, $status, $header);
    }
    Report::stop('http', "$self->{url}: more than $redirects redirects");
}

sub accept {
    my ($self, $socket, $status, $header) = @_;
    my $wanted = $self->{at} ? '206' : '200';
    Report::stop('http', "$self->{url}: status $status" . ($self->{at} ? ' to a request for the rest' : '')) if $status ne $wanted;
    Report::stop('http', "$self->{url}: the server sends chunks without a length") if ($header->{'transfer-encoding'} // '') =~ /chunked/i;
    if ($self->{at}) {
        my ($from) = ($header->{'content-range'} // '') =~ /^bytes ([0-9]+)-/;
        Report::stop('http', "$self->{url}: the server sent another range than asked") unless defined $from && $from == $self->{at};
    } else {
        $self->{length}    = $header->{'content-length'};
        $self->{validator} = $header->{etag};
    }
    $self->{socket} = $socket;
    return '';
}

sub tcp {
    my ($host, $port) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => 15)
        or return (undef, "no connection to $host:$port: " . ($@ || $!));
    setsockopt $socket, SOL_SOCKET, SO_RCVTIMEO, pack 'l!l!', $stall, 0;
    $socket->autoflush(1);
    return ($socket);
}

# Status and header fields, read byte by byte so that nothing of the body is taken.
sub head {
    my ($socket) = @_;
    my $text = '';
    while ($text !~ /\r?\n\r?\n\z/) {
        return (undef, undef, 'no answer' . ($text eq '' ? '' : ' that ends')) unless sysread $socket, $text, 1, length $text;
        return (undef, undef, 'a header of more than 64 KiB') if length $text > 65536;
    }
    my ($first, @lines) = split /\r?\n/, $text;
    my ($status) = $first =~ m{^HTTP/1\.[01] ([0-9]{3})} or return (undef, undef, 'an answer that is not HTTP/1');
    my %header = map { /^([^:]+):\s*(.*?)\s*$/ ? (lc $1, $2) : () } @lines;
    return ($status, \%header);
}

1;
