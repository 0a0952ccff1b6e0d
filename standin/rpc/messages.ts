import { createRequire } from 'node:module';
import type * as anyProto from 'google-protobuf/google/protobuf/any_pb.js';
import type * as emptyProto from 'google-protobuf/google/protobuf/empty_pb.js';
import type * as structProto from 'google-protobuf/google/protobuf/struct_pb.js';
import type * as grpcTypes from '@grpc/grpc-js';
import type * as pluginProto from '@pulumi/pulumi/proto/plugin_pb.js';
import type * as providerService from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as providerProto from '@pulumi/pulumi/proto/provider_pb.js';
import type * as statusProto from '@pulumi/pulumi/proto/status_pb.js';
import type { Values } from '../schema/fields.ts';

// Pulumi's own copies of gRPC and protobuf: messages made with another copy are refused by its classes.
const require = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));

export const grpc = require('@grpc/grpc-js') as typeof grpcTypes;
export const { ResourceProviderService } =
  require('@pulumi/pulumi/proto/provider_grpc_pb.js') as typeof providerService;
export const messages = require('@pulumi/pulumi/proto/provider_pb.js') as typeof providerProto;
export const { PluginInfo } = require('@pulumi/pulumi/proto/plugin_pb.js') as typeof pluginProto;
export const { Status } = require('@pulumi/pulumi/proto/status_pb.js') as typeof statusProto;
export const { Any } = require('google-protobuf/google/protobuf/any_pb.js') as typeof anyProto;
export const { Empty } = require('google-protobuf/google/protobuf/empty_pb.js') as typeof emptyProto;
const { Struct } = require('google-protobuf/google/protobuf/struct_pb.js') as typeof structProto;

/** Values as a protobuf Struct; what is `undefined` is left out. */
export function toStruct(values: Values): structProto.Struct {
  return Struct.fromJavaScript(
    JSON.parse(JSON.stringify(values)) as Record<string, structProto.JavaScriptValue>,
  );
}

/** The key by which Pulumi marks an object as something special, and the mark of a secret; sdk/nodejs/runtime/rpc.ts. */
const specialKey = '4dabf18193072939515e22adb298388d';
const secretMark = '1b47061264138c4ac30d75fd1eb44270';

/** Values out of a protobuf Struct. Secrets, which Pulumi wraps, are unwrapped: what is returned must not be shown. */
export function fromStruct(struct: structProto.Struct | undefined): Values {
  return struct === undefined ? {} : (unwrapped(struct.toJavaScript()) as Values);
}

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== 'object' || value === null) return value;
  const entries = value as Values;
  if (entries[specialKey] === secretMark) return unwrapped(entries['value']);
  return Object.fromEntries(Object.entries(entries).map(([key, one]) => [key, unwrapped(one)]));
}
