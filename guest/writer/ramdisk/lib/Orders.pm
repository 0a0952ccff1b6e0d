# The writer's orders, from the kernel command line.
package Orders;
use strict;
use warnings;
use Report;

sub parse {
    my ($command_line) = @_;
    my %orders = (disk => 'auto', zero => 0, format => 'raw');
    for my $word (split ' ', $command_line) {
        $orders{$1} = $2 if $word =~ /^bootfleet\.(url|sha256|size|format|disk|zero|blocks)=(.*)$/;
    }
    for my $needed (qw(url sha256 size)) {
        Report::stop('format', "no bootfleet.$needed= on the kernel command line") unless length($orders{$needed} // '');
    }
    Report::stop('format', "bootfleet.sha256= is not 64 hex digits") unless $orders{sha256} =~ /^[0-9a-f]{64}$/;
    Report::stop('format', "bootfleet.blocks= is not 64 hex digits") unless ($orders{blocks} // '0' x 64) =~ /^[0-9a-f]{64}$/;
    Report::stop('format', "bootfleet.size= is not a positive number") unless $orders{size} =~ /^[1-9][0-9]{0,15}$/;
    Report::stop('format', "bootfleet.format=$orders{format} is none of raw, gzip, zstd") unless $orders{format} =~ /^(?:raw|gzip|zstd)$/;
    return \%orders;
}

1;
