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

// A Pulumi that was killed cannot end its plugins; the end of the pipe that it holds tells them.
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
