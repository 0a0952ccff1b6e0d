import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { deniedAuthentication, permissionsDenied, type ApiError } from './error.ts';
import type { Identity } from '../compute/local-cloud.ts';

/** 401 when `X-Auth-Token` is missing or not this cloud's secret key, `undefined` when it is. */
export function tokenRefusal(headers: IncomingHttpHeaders, identity: Identity): ApiError | undefined {
  const token = headers['x-auth-token'];
  if (typeof token !== 'string' || token === '') return deniedAuthentication('invalid_argument');
  return sameSecret(token, identity.secretKey) ? undefined : deniedAuthentication('not_found');
}

/** The project to make a resource in: this cloud's only one. @throws 403 for any other. */
export function ownProject(
  body: Readonly<Record<string, unknown>>,
  identity: Identity,
  resource: string,
): string {
  const asked = body['project'] ?? body['project_id'];
  const organization = body['organization'];
  if (asked !== undefined && asked !== null && asked !== identity.projectId)
    throw permissionsDenied(resource, 'write');
  if (organization !== undefined && organization !== null && organization !== identity.organizationId) {
    throw permissionsDenied(resource, 'write');
  }
  return identity.projectId;
}

/** Compares without telling by its time how much is right. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
