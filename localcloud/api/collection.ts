import type { Handler, Route } from './router.ts';

/** What can be done with the resources of one kind. */
export interface Collection {
  readonly list: Handler;
  readonly create: Handler;
  readonly show: Handler;
  /** PATCH; left out where the API has none. */
  readonly update?: Handler;
  readonly remove: Handler;
}

/**
 * The routes of a collection: `base` itself to list and to create, `base/:id` for one resource.
 *
 * @param base Example: `/instance/v1/zones/:zone/ips`.
 */
export function collectionRoutes(base: string, handlers: Collection): readonly Route[] {
  const one = `${base}/:id`;
  return [
    { method: 'GET', pattern: base, handler: handlers.list },
    { method: 'POST', pattern: base, handler: handlers.create },
    { method: 'GET', pattern: one, handler: handlers.show },
    ...(handlers.update === undefined ? [] : [{ method: 'PATCH', pattern: one, handler: handlers.update }]),
    { method: 'DELETE', pattern: one, handler: handlers.remove },
  ];
}
