# Strings whose bytes begin at a page of memory, so that a disk reads and writes them directly (O_DIRECT, open(2)).
# Only sysread, with an offset, may fill one: an assignment would give it other memory. That costs speed, nothing
# else: Disk.pm looks at the address each time.
package Aligned;
use strict;
use warnings;

my $page = 4096;

# A reference to a string that can take that many bytes.
sub buffer {
    my ($bytes) = @_;
    my $string = "\0" x ($bytes + 2 * $page);
    # Perl takes bytes off the front by moving the start, not the bytes.
    substr $string, 0, -address(\$string) % $page, '';
    return \$string;
}

# Where its bytes are.
sub address { return unpack 'J', pack 'P', ${ $_[0] } }

1;
