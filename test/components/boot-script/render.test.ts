import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneUrl } from '../../../components/boot-script/argument.ts';
import type { Script } from '../../../components/boot-script/args.ts';
import { commandsOf, renderScript } from '../../../components/boot-script/render.ts';
import { BootfleetError } from '../../../errors/error.ts';
import { ipxeCommands } from './ipxe-model.ts';
import { nasty } from './nasty.ts';
import { runs } from '../../property-runs.ts';

const programs = {
  kernel: 'http://s/b/writer/0/vmlinuz',
  initrd: 'http://s/b/writer/0/initrd',
  arguments: ['quiet'],
};
const image = {
  url: 'http://s/b/images/edge/x.img',
  sha256: 'ab'.repeat(32),
  size: 4096,
  format: 'raw',
} as const;

const script: fc.Arbitrary<Script> = fc.oneof(
  fc.record({
    kind: fc.constant('kernel' as const),
    kernel: fc.oneof(
      fc.constant('http://h/k'),
      nasty,
      nasty.map((text) => `http://h/${text}`),
    ),
    initrds: fc.array(
      nasty.map((text) => `https://h/${text}`),
      { maxLength: 2 },
    ),
    arguments: fc.array(nasty, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('chain' as const), url: nasty.map((text) => `http://h/x?${text}`) }),
  fc.record({ kind: fc.constant('iso' as const), url: nasty.map((text) => `http://${text}`) }),
  fc.record({
    kind: fc.constant('flash-image' as const),
    image: fc.record({
      url: nasty.map((text) => `http://h/${text}`),
      sha256: fc.oneof(fc.constant(image.sha256), nasty),
      size: fc.oneof(fc.constant(4096), fc.double()),
      blocks: fc.option(fc.oneof(fc.constant(image.sha256), nasty), { nil: undefined }),
      format: fc.constantFrom('raw', 'gzip', 'zstd', 'raw quiet') as fc.Arbitrary<'raw'>,
    }),
    disk: fc.option(fc.oneof(fc.constant('/dev/vda'), nasty), { nil: undefined }),
  }),
);

describe('a rendered script', () => {
  test('read by iPXE has exactly the commands meant, or the values are refused with a code', () => {
    let rendered = 0;
    fc.assert(
      fc.property(script, fc.boolean(), (does, zero) => {
        let text: string;
        try {
          text = renderScript(does, programs, zero);
        } catch (error) {
          expect(error).toBeInstanceOf(BootfleetError);
          expect((error as BootfleetError).code).toMatch(/^BF127[12]$/);
          return;
        }
        rendered += 1;
        expect(ipxeCommands(text)).toEqual(commandsOf(does, programs, zero));
        const names = ipxeCommands(text).map(([name]) => name);
        expect(['kernel initrd boot', 'kernel boot', 'kernel initrd initrd boot', 'chain']).toContain(
          names.join(' '),
        );
      }),
      { numRuns: runs(3000) },
    );
    // Not a test of refusals alone.
    expect(rendered).toBeGreaterThan(300);
  });

  test('of kind flash-image has the orders of the writer', () => {
    expect(renderScript({ kind: 'flash-image', image }, programs, true)).toBe(
      [
        '#!ipxe',
        `kernel http://s/b/writer/0/vmlinuz quiet bootfleet.url=${image.url} bootfleet.sha256=${image.sha256} bootfleet.size=4096 bootfleet.format=raw bootfleet.disk=auto bootfleet.zero=1 initrd=initrd`,
        'initrd --name initrd http://s/b/writer/0/initrd',
        'boot',
        '',
      ].join('\n'),
    );
  });

  test('passes the digest of blocks on, and only when it is known', () => {
    const blocks = 'cd'.repeat(32);
    const given = renderScript({ kind: 'flash-image', image: { ...image, blocks } }, programs);
    expect(given).toContain(` bootfleet.zero=0 bootfleet.blocks=${blocks} initrd=initrd\n`);
    expect(renderScript({ kind: 'flash-image', image }, programs)).not.toContain('blocks');
  });

  test.each<[string, Script]>([
    ['a command after the value', { kind: 'kernel', kernel: 'http://h/k', arguments: ['quiet && shell'] }],
    ['a separator', { kind: 'kernel', kernel: 'http://h/k', arguments: ['||'] }],
    ['a setting', { kind: 'kernel', kernel: 'http://h/k', arguments: ['x=${password}'] }],
    ['a new line', { kind: 'kernel', kernel: 'http://h/k', arguments: ['quiet\nshell'] }],
    ['a joined line', { kind: 'kernel', kernel: 'http://h/k', arguments: ['quiet\\'] }],
    ['a comment', { kind: 'kernel', kernel: 'http://h/k', arguments: ['#quiet'] }],
    [
      'more than a kernel takes',
      { kind: 'kernel', kernel: 'http://h/k', arguments: ['x'.repeat(1999), 'y'.repeat(48)] },
    ],
    ['a password in a URL', { kind: 'chain', url: 'http://me:secret@h/' }],
    ['another protocol', { kind: 'chain', url: 'file:///etc/passwd' }],
    ['a size that is none', { kind: 'flash-image', image: { ...image, size: Number.NaN } }],
    ['a digest of blocks that is none', { kind: 'flash-image', image: { ...image, blocks: 'ab' } }],
    ['another device', { kind: 'flash-image', image, disk: '/dev/vda bootfleet.zero=1' }],
  ])('refuses %s', (_name, does) => {
    expect(() => renderScript(does, programs)).toThrow(/^BF127[12]: /);
  });

  test('keeps the password of a refused URL out of the message', () => {
    expect(() => oneUrl('url', 'http://me:hunter2@h/')).toThrow(/^(?!.*hunter2)BF1272/s);
    // Neither replaced nor escaped: the server would be asked for `$%7Buuid}`.
    for (const url of ['http://h/ipxe?uuid=${uuid}', 'http://${next-server}/x', 'http://h/a#${mac:hexhyp}'])
      expect(() => oneUrl('url', url)).toThrow(/BF1272: .*`\$\{` begins a setting of iPXE/);
  });

  test('escapes in a URL what iPXE would read, and leaves out the fragment', () => {
    expect(oneUrl('url', 'http://h/a b?$x{y}#part')).toBe('http://h/a%20b?%24x%7By%7D');
  });
});

describe('the model of iPXE', () => {
  test('reads what iPXE reads', () => {
    expect(ipxeCommands('#!ipxe\nkernel a  b && shell ; x || y # c\n:label boot\nlong \\\nline\n')).toEqual([
      ['kernel', 'a', 'b'],
      ['shell'],
      ['x'],
      ['y'],
      ['boot'],
      ['long', 'line'],
    ]);
    expect(ipxeCommands('#!ipxe\necho ${a b}\n')).toEqual([['echo', '(setting)']]);
  });
});
