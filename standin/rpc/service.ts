import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type * as provider from '@pulumi/pulumi/proto/provider_pb.js';
import { describeError } from '../../errors/error.ts';
import { checkConfig } from '../config.ts';
import { type StandInProvider, Unfinished } from '../provider.ts';
import type { CheckProblem } from '../schema/check.ts';
import { Any, Empty, fromStruct, grpc, messages, PluginInfo, Status, toStruct } from './messages.ts';

/** The version that Pulumi asks for: that of @pulumiverse/scaleway. */
const version = '1.54.0';

/**
 * Pulumi's provider protocol (proto/pulumi/provider.proto in github.com/pulumi/pulumi) for the stand-in. Pulumi's
 * own `provider.main` does not serve: it hands over neither the provider's arguments nor previews nor `ignoreChanges`.
 */
export function service(standIn: StandInProvider): UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary(() => new messages.GetSchemaResponse().setSchema('{}')),
    attach: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
    checkConfig: unary((request: provider.CheckRequest) => {
      // Handed back as it came, with its secrets marked as such.
      const response = new messages.CheckResponse().setInputs(request.getNews());
      return response.setFailuresList(failures(checkConfig(fromStruct(request.getNews()))));
    }),
    diffConfig: unary((request: provider.DiffRequest) => {
      const [old, now] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
      return diffResponse(
        names.filter((name) => old[name] !== now[name]),
        [],
      );
    }),
    configure: unary((request: provider.ConfigureRequest) => {
      standIn.configure(fromStruct(request.getArgs()));
      return new messages.ConfigureResponse().setSupportspreview(true);
    }),
    check: unary((request: provider.CheckRequest) => {
      const { inputs, problems } = standIn.check(
        tokenOf(request.getUrn()),
        nameOf(request.getUrn()),
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        request.getRandomseed_asU8(),
      );
      return new messages.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(failures(problems));
    }),
    diff: unary(async (request: provider.DiffRequest) => {
      const { changed, replaces, paths } = await standIn.diff(
        tokenOf(request.getUrn()),
        request.getId(),
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        request.getIgnorechangesList(),
      );
      return withPaths(diffResponse(changed, replaces), paths);
    }),
    create: unary(async (request: provider.CreateRequest) => {
      const inputs = fromStruct(request.getProperties());
      const { id, state } = await standIn.create(tokenOf(request.getUrn()), inputs, request.getPreview());
      return new messages.CreateResponse().setId(id).setProperties(toStruct(state));
    }),
    read: unary(async (request: provider.ReadRequest) => {
      const [state, inputs] = [fromStruct(request.getProperties()), fromStruct(request.getInputs())];
      const found = await standIn.read(tokenOf(request.getUrn()), request.getId(), state, inputs);
      // An empty id tells Pulumi that the resource is gone.
      if (found === undefined) return new messages.ReadResponse();
      const response = new messages.ReadResponse().setId(request.getId()).setInputs(toStruct(found.inputs));
      return response.setProperties(toStruct(found.state));
    }),
    update: unary(async (request: provider.UpdateRequest) => {
      const state = await standIn.update(
        tokenOf(request.getUrn()),
        request.getId(),
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        request.getIgnorechangesList(),
        request.getPreview(),
      );
      return new messages.UpdateResponse().setProperties(toStruct(state));
    }),
    delete: unary(async (request: provider.DeleteRequest) => {
      await standIn.remove(tokenOf(request.getUrn()), request.getId(), fromStruct(request.getProperties()));
      return new Empty();
    }),
  };
}

/** Turns a function into a gRPC method; what it throws becomes a text that Pulumi shows. */
function unary<Request, Response>(handle: (request: Request) => Response | Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    void (async () => {
      try {
        callback(null, await handle(call.request));
      } catch (error) {
        callback(
          error instanceof Unfinished
            ? unfinished(error)
            : { code: grpc.status.UNKNOWN, details: describeError(error) },
        );
      }
    })();
  };
}

/** Tells Pulumi that the resource exists although its creation failed (`ErrorResourceInitFailed`). */
function unfinished({ id, state, message }: Unfinished): Parameters<sendUnaryData<unknown>>[0] {
  const detail = new messages.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(toStruct(state))
    .setReasonsList([message]);
  detail.setInputs(toStruct(state));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

function failures(problems: readonly CheckProblem[]): provider.CheckFailure[] {
  return problems.map(({ property, reason }) =>
    new messages.CheckFailure().setProperty(property).setReason(reason),
  );
}

function diffResponse(changed: readonly string[], replaces: readonly string[]): provider.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  return new messages.DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...changed])
    .setReplacesList([...replaces]);
}

/** Says the change to the part as well; `replaceOnChanges` is held against that. */
function withPaths(
  response: provider.DiffResponse,
  paths: Readonly<Record<string, boolean>>,
): provider.DiffResponse {
  const { UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  const detailed = response.setHasdetaileddiff(true).getDetaileddiffMap();
  for (const [path, replaces] of Object.entries(paths))
    detailed.set(path, new messages.PropertyDiff().setKind(replaces ? UPDATE_REPLACE : UPDATE));
  return response;
}

/** `urn:pulumi:stack::project::parent$type::name`; the type is the last of those chained with `$`. */
function tokenOf(urn: string): string {
  return (urn.split('::')[2] ?? '').split('$').at(-1) ?? '';
}

function nameOf(urn: string): string {
  return urn.split('::').slice(3).join('::');
}
