# The digest of the image, over a stream of its pieces: of all bytes (SHA-256), or, when the orders hold
# `bootfleet.blocks=`, of the blocks that hold anything (see transfer/block-digest.ts), which spares the time
# for hashing holes.
package Proof;
use strict;
use warnings;
use Digest::SHA;

our $block = 65536;
my $zeros = "\0" x $block;

sub new {
    my ($class, $orders) = @_;
    my $wanted = $orders->{blocks} // $orders->{sha256};
    return bless { sha => Digest::SHA->new(256), sparse => defined $orders->{blocks}, wanted => $wanted, at => 0 }, $class;
}

# Pieces are whole blocks, all but the last.
sub add {
    my ($self, $piece) = @_;
    if (!$self->{sparse}) {
        $self->{sha}->add($$piece);
        return;
    }
    for (my $from = 0; $from < length $$piece; $from += $block) {
        my $one = substr $$piece, $from, $block;
        $self->{sha}->add(pack('Q>', $self->{at}), $one) unless is_zero(\$one);
        $self->{at} += length $one;
    }
}

# Empty when it is the wanted one, else a sentence.
sub difference {
    my ($self) = @_;
    my $found = $self->{sha}->hexdigest;
    return $found eq $self->{wanted} ? '' : "expected $self->{wanted}, found $found";
}

sub is_zero {
    my ($piece) = @_;
    return $$piece eq (length $$piece == $block ? $zeros : "\0" x length $$piece);
}

1;
