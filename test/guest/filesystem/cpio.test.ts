import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderCpio } from '../../../guest/filesystem/cpio.ts';
import { FileTree } from '../../../guest/filesystem/tree.ts';

describe('cpio writer', () => {
  it('makes an archive that busybox lists and unpacks the same', () => {
    const tree = new FileTree().file('b/c.txt', 'hello', 0o755).symlink('a', 'b/c.txt').directory('d', 0o700);
    const archive = renderCpio(tree);
    const listed = execFileSync('busybox', ['cpio', '-t'], {
      input: archive,
      stdio: ['pipe', 'pipe', 'ignore'],
    }).toString();
    expect(listed.split('\n').filter(Boolean)).toEqual(['a', 'b', 'b/c.txt', 'd']);
    const content = execFileSync('busybox', ['cpio', '-i', '--to-stdout', 'b/c.txt'], {
      input: archive,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    expect(content.toString()).toBe('hello');
  });

  it('does not depend on the order in which files were added', () => {
    const one = new FileTree().file('a', '1').file('b', '2');
    const two = new FileTree().file('b', '2').file('a', '1');
    expect(renderCpio(one).equals(renderCpio(two))).toBe(true);
  });
});
