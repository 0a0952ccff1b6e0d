# The digest of the image, over a stream of its pieces: of all bytes (SHA-256), or, when the orders hold
# `bootfleet.blocks=`, of the blocks that hold anything (see transfer/block-digest.ts), which spares the time
# for hashing holes.
package Proof;
use strict;
use warnings;
use Sha256;

our $block = 65536;
my $piece  = 1048576;
my $sector = 512;
my $zeros  = "\0" x $piece;
my $zero_block  = "\0" x $block;
my $zero_sector = "\0" x $sector;

sub new {
    my ($class, $orders) = @_;
    my $wanted = $orders->{blocks} // $orders->{sha256};
    return bless { sha => Sha256->new, sparse => defined $orders->{blocks}, wanted => $wanted, at => 0 }, $class;
}

# Pieces are whole blocks, all but the last. The runs are those of `runs`, when they are known already.
sub add {
    my ($self, $piece, $runs) = @_;
    if ($self->{sparse}) {
        for my $run (@{ $runs // runs($piece) }) {
            my ($hole, $from, $to) = @$run;
            next if $hole;
            for (my $at = $from; $at < $to; $at += $block) {
                my $length = $to - $at < $block ? $to - $at : $block;
                my $place = pack 'Q>', $self->{at} + $at;
                $self->{sha}->add(\$place);
                $self->{sha}->add($piece, $at, $at + $length);
            }
        }
    } else {
        $self->{sha}->add($piece);
    }
    $self->{at} += length $$piece;
}

# Empty when it is the wanted one, else a sentence.
sub difference {
    my ($self) = @_;
    my $found = $self->{sha}->hex;
    return $found eq $self->{wanted} ? '' : "expected $self->{wanted}, found $found";
}

# A piece as runs of blocks of zeros and others: [whether it is a hole, from, to], in order.
sub runs {
    my ($piece) = @_;
    my $length = length $$piece;
    return [[1, 0, $length]] if $$piece eq $zeros;
    my @runs;
    for (my $from = 0; $from < $length; $from += $block) {
        my $to = $length - $from < $block ? $length : $from + $block;
        my $hole = is_zero($piece, $from, $to - $from) ? 1 : 0;
        if (@runs && $runs[-1][0] == $hole) { $runs[-1][2] = $to }
        else                                { push @runs, [$hole, $from, $to] }
    }
    return \@runs;
}

sub is_zero {
    my ($piece, $from, $length) = @_;
    return substr($$piece, $from, $length) eq "\0" x $length if $length != $block;
    # Most blocks that hold anything show it at once.
    return substr($$piece, $from, $sector) eq $zero_sector && substr($$piece, $from, $block) eq $zero_block;
}

1;
