/** Pages of lists. Pure. */

/** Page number from 1 and items a page. */
export interface Page {
  readonly page: number;
  readonly perPage: number;
}

/** Reads `page` and `per_page` (instance) or `page_size` (block, marketplace). Wrong values count as the default. */
export function pageOf(query: URLSearchParams, sizeName: 'per_page' | 'page_size'): Page {
  return {
    page: positive(query.get('page'), 1),
    perPage: Math.min(100, positive(query.get(sizeName), 50)),
  };
}

/** The items of a page. */
export function slice<T>(items: readonly T[], { page, perPage }: Page): readonly T[] {
  return items.slice((page - 1) * perPage, page * perPage);
}

/**
 * Headers of the instance API's lists, recorded:
 * `Link: </products/servers?page=2&per_page=50&>; rel="next",</products/servers?page=3&per_page=50&>; rel="last"`
 * and `X-Total-Count`.
 *
 * @param path the list's path below the zone. Example: `/servers`.
 */
export function pageHeaders(path: string, total: number, { page, perPage }: Page): Record<string, string> {
  const last = Math.max(1, Math.ceil(total / perPage));
  const link = (to: number, rel: string): string => `<${path}?page=${to}&per_page=${perPage}&>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [link(1, 'first'), link(Math.min(page - 1, last), 'previous')] : []),
    ...(page < last ? [link(page + 1, 'next')] : []),
    ...(last > 1 ? [link(last, 'last')] : []),
  ];
  return {
    'X-Total-Count': String(total),
    ...(links.length > 0 ? { Link: links.join(',') } : {}),
  };
}

function positive(text: string | null, otherwise: number): number {
  const value = Number(text ?? '');
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}
