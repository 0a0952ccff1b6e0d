import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageHeaders, pageOf, slice } from '../../../localcloud/api/pagination.ts';

it('writes the headers that were recorded', () => {
  expect(pageHeaders('/products/servers', 135, { page: 1, perPage: 50 })).toEqual({
    'X-Total-Count': '135',
    Link: '</products/servers?page=2&per_page=50&>; rel="next",</products/servers?page=3&per_page=50&>; rel="last"',
  });
  expect(pageHeaders('/products/servers', 135, { page: 2, perPage: 50 })['Link']).toBe(
    '</products/servers?page=1&per_page=50&>; rel="first",</products/servers?page=1&per_page=50&>; rel="previous",' +
      '</products/servers?page=3&per_page=50&>; rel="next",</products/servers?page=3&per_page=50&>; rel="last"',
  );
  expect(pageHeaders('/products/servers', 135, { page: 3, perPage: 50 })['Link']).toBe(
    '</products/servers?page=1&per_page=50&>; rel="first",</products/servers?page=2&per_page=50&>; rel="previous",' +
      '</products/servers?page=3&per_page=50&>; rel="last"',
  );
});

it('gives each item on exactly one page', () => {
  fc.assert(
    fc.property(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 100 }), (total, perPage) => {
      const items = Array.from({ length: total }, (_, index) => index);
      const pages = Array.from({ length: Math.ceil(total / perPage) + 1 }, (_, index) =>
        slice(items, { page: index + 1, perPage }),
      );
      expect(pages.flat()).toEqual(items);
    }),
  );
});

it('takes nonsense for the default, and at most 100 a page', () => {
  expect(pageOf(new URLSearchParams('page=x&per_page=-1'), 'per_page')).toEqual({ page: 1, perPage: 50 });
  expect(pageOf(new URLSearchParams('page=2&per_page=5000'), 'per_page')).toEqual({ page: 2, perPage: 100 });
});
