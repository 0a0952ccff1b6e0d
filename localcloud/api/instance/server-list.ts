import type { ServerRecord } from '../../store/records.ts';

/** Whether a server is meant by the filters of `GET /servers`. Pure. */
export function isListed(server: ServerRecord, query: URLSearchParams, organizationId: string): boolean {
  const name = query.get('name');
  const tags = query
    .getAll('tags')
    .flatMap((part) => part.split(','))
    .filter((tag) => tag !== '');
  const ids = (query.get('servers') ?? '').split(',').filter((id) => id !== '');
  const same = (parameter: string, value: string): boolean => {
    const wanted = query.get(parameter);
    return wanted === null || wanted === '' || wanted === value;
  };
  return (
    (name === null || server.name.includes(name)) &&
    tags.every((tag) => server.tags.includes(tag)) &&
    (ids.length === 0 || ids.includes(server.id)) &&
    same('state', server.state) &&
    same('project', server.projectId) &&
    same('organization', organizationId) &&
    same('commercial_type', server.commercialType)
  );
}
