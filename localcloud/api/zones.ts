import { ApiError } from './error.ts';
import { param, type ApiRequest } from './router.ts';

/** Zones of the real cloud that have instances. All of them are this machine. */
const zones = [
  'fr-par-1',
  'fr-par-2',
  'fr-par-3',
  'nl-ams-1',
  'nl-ams-2',
  'nl-ams-3',
  'pl-waw-1',
  'pl-waw-2',
  'pl-waw-3',
];

/** The request's zone. @throws 404 for one that does not exist. */
export function zoneOf(request: ApiRequest): string {
  const zone = param(request, 'zone');
  if (!zones.includes(zone)) {
    throw new ApiError(404, { type: 'unknown_resource', message: `zone ${zone} does not exist` });
  }
  return zone;
}
