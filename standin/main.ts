import { StandInProvider } from './provider.ts';
import { grpc, ResourceProviderService } from './rpc/messages.ts';
import { service } from './rpc/service.ts';

/**
 * The program that Pulumi starts as `pulumi-resource-scaleway`: serves on a port of loopback, prints the port, and
 * runs until Pulumi ends it. See standin/README.md.
 */
const server = new grpc.Server({ 'grpc.max_receive_message_length': 400 * 1024 * 1024 });
server.addService(ResourceProviderService, service(new StandInProvider()));
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`the stand-in of the Scaleway provider cannot listen: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});

// A Pulumi that was killed cannot end its plugins. Nothing tells them: the pipe on standard input may be closed by
// Pulumi's garbage collector in the middle of a long update, so its end proves nothing. A changed parent does.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 1000).unref();
