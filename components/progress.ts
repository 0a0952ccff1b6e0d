import { createRequire } from 'node:module';
import type * as grpcTypes from '@grpc/grpc-js';
import type { EngineClient as EngineClientType } from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import type {
  LogRequest as LogRequestType,
  LogSeverity as LogSeverityType,
} from '@pulumi/pulumi/proto/engine_pb.js';
import { endWithEngine } from './end-with-engine.ts';

/**
 * Progress of a dynamic resource on its own line of `pulumi up`, and remarks that stay.
 *
 * Pulumi hands dynamic providers no way to log, but it starts their process with the engine's address as the last
 * argument, and the engine takes log messages for any URN. Source: `LogRequest` in pulumi/proto/pulumi/engine.proto
 * (`ephemeral`: shown in the resource's line, kept nowhere).
 */

/** Least time between two progress messages of one resource, in milliseconds: the terminal shows no more. */
const quiet = 200;

interface Engine {
  send(urn: string, text: string, kind: 'progress' | 'info' | 'warning'): Promise<void>;
}

let engine: Engine | undefined;
const lastSent = new Map<string, number>();

// Every handler loads this file, so every provider process ends with its engine.
const own = engineAddress();
if (own !== undefined) endWithEngine(own);

/**
 * Shows one short line beside the resource while it is being worked on. Cheap: called more often than five times a
 * second, the messages between are dropped. Outside of a provider process (tests, the `bootfleet` command) it does
 * nothing. Never throws, because showing progress must not end the work.
 *
 * @param urn the resource's URN, from its `resourceUrn` input; see `dynamicUrn`.
 * @example reportProgress(inputs.resourceUrn, 'writing 41 of 160 MB');
 */
export function reportProgress(urn: string, text: string): void {
  const now = Date.now();
  if (now - (lastSent.get(urn) ?? 0) < quiet) return;
  lastSent.set(urn, now);
  void currentEngine()?.send(urn, text, 'progress');
}

/**
 * Leaves a remark that stays in the output of `pulumi up`, for things a person must know although nothing failed.
 * Resolves when the engine has it.
 *
 * @example await reportRemark(inputs.resourceUrn, 'warning', 'the host key was taken at first contact');
 */
export async function reportRemark(urn: string, kind: 'info' | 'warning', text: string): Promise<void> {
  await currentEngine()?.send(urn, text, kind);
}

/** Where the engine is, in a provider process; `undefined` in any other. */
function engineAddress(): string | undefined {
  const address = process.argv.at(-1) ?? '';
  const isProvider = process.argv.some((argument) => argument.includes('dynamic-provider'));
  return isProvider && /^[\w.[\]:-]+:\d+$/.test(address) ? address : undefined;
}

function currentEngine(): Engine | undefined {
  const address = engineAddress();
  if (address === undefined) return undefined;
  engine ??= connect(address);
  return engine;
}

function connect(address: string): Engine {
  // Pulumi's own copy of gRPC: credentials of another copy are refused by its client.
  const require = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));
  const grpc = require('@grpc/grpc-js') as typeof grpcTypes;
  const { EngineClient } = require('@pulumi/pulumi/proto/engine_grpc_pb.js') as {
    EngineClient: typeof EngineClientType;
  };
  const { LogRequest, LogSeverity } = require('@pulumi/pulumi/proto/engine_pb.js') as {
    LogRequest: typeof LogRequestType;
    LogSeverity: typeof LogSeverityType;
  };
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return {
    send: (urn, text, kind) =>
      new Promise((resolve) => {
        const request = new LogRequest();
        request.setSeverity(kind === 'warning' ? LogSeverity.WARNING : LogSeverity.INFO);
        request.setUrn(urn);
        request.setMessage(text);
        request.setEphemeral(kind === 'progress');
        client.log(request, () => {
          resolve();
        });
      }),
  };
}
