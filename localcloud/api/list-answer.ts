import { pageHeaders, pageOf, slice } from './pagination.ts';
import type { ApiAnswer, ApiRequest } from './router.ts';

/**
 * One page of a list as the instance API answers it: its size is asked for as `per_page`, the total is in headers.
 *
 * @param path the list's path below the zone; its last part names the items in the body. Example: `/security_groups`.
 * @param view an item as the API shows it; only called for the page's own.
 */
export function instanceList<T>(
  request: ApiRequest,
  path: string,
  items: readonly T[],
  view: (item: T) => object,
): ApiAnswer {
  const page = pageOf(request.query, 'per_page');
  return {
    status: 200,
    body: { [path.slice(path.lastIndexOf('/') + 1)]: slice(items, page).map(view) },
    headers: pageHeaders(path, items.length, page),
  };
}

/** One page of a list as the block API answers it: `page_size`, and the total in the body. */
export function blockList<T>(
  request: ApiRequest,
  name: string,
  items: readonly T[],
  view: (item: T) => object,
): ApiAnswer {
  const shown = slice(items, pageOf(request.query, 'page_size'));
  return { status: 200, body: { [name]: shown.map(view), total_count: items.length } };
}
