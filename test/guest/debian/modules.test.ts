import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moduleName, orderModules, parseModuleDependencies } from '../../../guest/debian/modules.ts';

describe('kernel modules', () => {
  it('name their dependencies in .modinfo', () => {
    expect(
      parseModuleDependencies(Buffer.from('x\0license=GPL\0depends=virtio,virtio-ring\0name=y\0')),
    ).toEqual(['virtio', 'virtio_ring']);
    expect(parseModuleDependencies(Buffer.from('\0depends=\0'))).toEqual([]);
    expect(parseModuleDependencies(Buffer.from('nothing'))).toEqual([]);
  });

  it('are loaded after what they need, each once', () => {
    // Edges go to smaller numbers only: no cycles, as in a kernel.
    const graph = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(graph, (edges) => {
        const needs = (name: string): string[] => {
          const i = Number(name.slice(1));
          return (edges[i] ?? []).filter((j) => j < i).map((j) => `m${j}`);
        };
        const ordered = orderModules(
          edges.map((_, i) => `m${i}`),
          needs,
        );
        expect(new Set(ordered).size).toBe(ordered.length);
        ordered.forEach((name, i) => { for (const needed of needs(name)) expect(ordered.indexOf(needed)).toBeLessThan(i); }); // prettier-ignore
      }),
    );
  });

  it('have one name however they are spelled', () => {
    expect(moduleName('nls-ascii.ko')).toBe('nls_ascii');
  });
});
