/** An answer that is not a success, with the body that the real API sends. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

/** Names of resources in `not_found` answers; the instance API puts its own name before them. Recorded. */
export type ResourceName =
  | 'instance_server'
  | 'instance_volume'
  | 'instance_snapshot'
  | 'instance_image'
  | 'instance_ip'
  | 'instance_security_group'
  | 'instance_security_group_rule'
  | 'volume'
  | 'snapshot'
  | 'local_image';

/** 404, recorded. */
export function notFound(resource: ResourceName, id: string): ApiError {
  return new ApiError(404, {
    type: 'not_found',
    message: 'resource is not found',
    resource,
    resource_id: id,
  });
}

/** One argument that is wrong. `reason` as the SDKs know it: required, format, constraint, unknown. */
export interface WrongArgument {
  readonly argument_name: string;
  readonly reason: 'required' | 'format' | 'constraint' | 'unknown';
  readonly help_message?: string;
}

/** 400. Source: InvalidArgumentsError of the vendor's SDKs. */
export function invalidArguments(details: readonly WrongArgument[]): ApiError {
  return new ApiError(400, { type: 'invalid_arguments', message: 'invalid argument(s)', details });
}

/** One wrong argument. */
export function invalidArgument(name: string, reason: WrongArgument['reason'], help: string): ApiError {
  return invalidArguments([{ argument_name: name, reason, help_message: help }]);
}

/** 409: on its way from one state to another. Source: TransientStateError of the vendor's SDKs. */
export function transientState(resource: ResourceName, id: string, state: string): ApiError {
  return new ApiError(409, {
    type: 'transient_state',
    message: 'resource is in a transient state',
    resource,
    resource_id: id,
    current_state: state,
  });
}

/**
 * 400: the resource's state does not allow it. Source: PreconditionFailedError of the vendor's SDKs; the text
 * `instance should be powered off` is what the real cloud is known to answer.
 */
export function preconditionFailed(
  precondition: 'resource_still_in_use' | 'unknown_precondition' | 'attribute_must_be_set',
  help: string,
): ApiError {
  return new ApiError(400, {
    type: 'precondition_failed',
    message: 'precondition is not respected',
    precondition,
    help_message: help,
  });
}

/** 401. Source: DeniedAuthenticationError of the vendor's SDKs. */
export function deniedAuthentication(reason: 'invalid_argument' | 'not_found'): ApiError {
  return new ApiError(401, {
    type: 'denied_authentication',
    message: 'authentication is denied',
    method: 'api_key',
    reason,
  });
}

/** 403. Source: PermissionsDeniedError of the vendor's SDKs. */
export function permissionsDenied(resource: string, action: 'read' | 'write'): ApiError {
  return new ApiError(403, {
    type: 'permissions_denied',
    message: 'insufficient permissions',
    details: [{ resource, action }],
  });
}
