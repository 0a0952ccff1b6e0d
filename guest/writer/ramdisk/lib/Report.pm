# The writer's lines on the console; their form is the contract in docs/architecture.md.
package Report;
use strict;
use warnings;
use Time::HiRes qw(time);

$| = 1;
my $begun = time;
my $last  = 0;

sub start { line('start disk=%s disk-bytes=%d image-bytes=%d sha256=%s', @_) }

# At most two lines a second, and one at the end of each phase.
sub progress {
    my ($phase, $done, $total) = @_;
    my $now = time;
    return if $done < $total && $now - $last < 0.5;
    $last = $now;
    line('progress phase=%s done=%d total=%d', $phase, $done, $total);
}

sub done {
    my ($sha256, $bytes, $written) = @_;
    line('done sha256=%s bytes=%d written=%d seconds=%.1f', $sha256, $bytes, $written, time - $begun);
}

sub failed {
    my ($reason, $detail) = @_;
    $detail =~ s/[^\x20-\x7e]+/ /g;
    $detail =~ s/"/'/g;
    line('failed reason=%s detail="%s"', $reason, substr $detail, 0, 400);
}

# Ends the work: caught once, in flash.pl.
sub stop {
    my ($reason, $detail) = @_;
    die { reason => $reason, detail => $detail };
}

sub line {
    my ($form, @values) = @_;
    printf "bootfleet-writer: $form\n", @values;
}

1;
