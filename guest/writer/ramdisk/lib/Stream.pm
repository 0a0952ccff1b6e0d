# The image as raw bytes: a body as it is, or through a decompressor in a process of its own.
package Stream;
use strict;
use warnings;
use Fcntl;
use Http;
use Report;

my $set_pipe_size = 1031;    # F_SETPIPE_SZ

sub open {
    my ($class, $orders) = @_;
    if ($orders->{format} eq 'raw') {
        my $body = Http->new($orders->{url});
        check_length($body->total, $orders->{size});
        return bless { body => $body }, $class;
    }
    pipe my $packed_out, my $packed_in or Report::stop('http', "pipe: $!");
    pipe my $raw_out,    my $raw_in    or Report::stop('http', "pipe: $!");
    pipe my $word_out,   my $word_in   or Report::stop('http', "pipe: $!");
    fcntl $_, $set_pipe_size, 1048576 for $packed_in, $raw_in;
    my $fetcher = start(sub {
        close $_ for $packed_out, $raw_out, $raw_in, $word_out;
        fetch($orders->{url}, $packed_in, $word_in);
    });
    my $unpacker = start(sub {
        CORE::open STDIN,  '<&', $packed_out;
        CORE::open STDOUT, '>&', $raw_in;
        CORE::open STDERR, '>&', $word_in;
        close $_ for $packed_in, $raw_out, $word_out;
        exec 'zstd', '-dc', '--no-progress', "--format=$orders->{format}";
        exit 127;
    });
    close $_ for $packed_out, $packed_in, $raw_in, $word_in;
    return bless { raw => $raw_out, words => $word_out, fetcher => $fetcher, unpacker => $unpacker }, $class;
}

# Puts at most $want bytes behind the first $have of $$buffer; 0 at the end.
sub read {
    my ($self, $buffer, $want, $have) = @_;
    return $self->{body}->read($buffer, $want, $have) if $self->{body};
    my $got = sysread $self->{raw}, $$buffer, $want, $have;
    Report::stop('format', "reading the decompressor: $!") unless defined $got;
    $self->finish if $got == 0;
    return $got;
}

# Both processes must have ended well, else the end of the stream means nothing.
sub finish {
    my ($self) = @_;
    my $reader = $self->{words};
    my $words = join ' ', <$reader>;
    waitpid $self->{fetcher}, 0;
    my $fetched = $?;
    waitpid $self->{unpacker}, 0;
    my $unpacked = $?;
    Report::stop('http', $1) if $words =~ /^http: (.*)/m;
    Report::stop('format', "the decompressor ended with " . ($unpacked >> 8) . ": $words") if $unpacked;
    Report::stop('http', "the download ended with status $fetched: $words") if $fetched;
}

# The fetching process: the body into a pipe, problems as words.
sub fetch {
    my ($url, $out, $words) = @_;
    local $SIG{PIPE} = 'DEFAULT';
    my $fine = eval {
        my $body = Http->new($url);
        my $buffer = '';
        while (my $got = $body->read(\$buffer, 262144, 0)) {
            for (my $from = 0; $from < $got;) {
                my $put = syswrite $out, $buffer, $got - $from, $from;
                die { reason => 'http', detail => "pipe: $!" } unless defined $put;
                $from += $put;
            }
        }
        1;
    };
    if (!$fine) {
        syswrite $words, 'http: ' . (ref $@ ? $@->{detail} : $@) . "\n";
        exit 1;
    }
    exit 0;
}

sub start {
    my ($work) = @_;
    my $child = fork;
    Report::stop('http', "fork: $!") unless defined $child;
    $work->() if $child == 0;
    return $child;
}

# A raw body of the wrong length is refused before anything is written.
sub check_length {
    my ($length, $size) = @_;
    return unless defined $length;
    Report::stop('short', "the server offers $length bytes, the image has $size") if $length < $size;
    Report::stop('long',  "the server offers $length bytes, the image has $size") if $length > $size;
}

1;
