import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const library = new URL('../../../guest/writer/ramdisk/lib', import.meta.url).pathname;

it('strings for direct access stay at a page while they are filled, copied from and filled again', () => {
  const program = `use Aligned; my $buffer = Aligned::buffer(1048576); my $copy;
    open my $zero, '<', '/dev/zero'; my $begin = Aligned::address($buffer);
    for my $turn (1 .. 3) {
      for (my $have = 0; $have < 1048576;) { $have += sysread $zero, $$buffer, 1048576 - $have < 99999 ? 1048576 - $have : 99999, $have }
      $copy = substr $$buffer, 0, length $$buffer;
      print $begin % 4096, ' ', Aligned::address($buffer) - $begin, ' ', length $$buffer, "\\n";
    }`;
  expect(execFileSync('perl', [`-I${library}`, '-e', program]).toString()).toBe('0 0 1048576\n'.repeat(3));
});
