import type { HealthCheck } from '../policy.ts';

/** A check in words. Example: `http :80/health`. */
export function describeCheck({ http, tcp, ssh, metadata }: HealthCheck): string {
  if (http) return `http :${http.port ?? 80}${http.path ?? '/'}`;
  if (tcp) return `tcp :${tcp.port}`;
  if (ssh) return `ssh ${ssh.command.join(' ')}`;
  return `metadata state ${metadata?.state ?? ''}`;
}
