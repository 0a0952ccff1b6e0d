/** Starts a daemon that is tied to this process, says so, and waits for its own end. */
import { startDaemon } from '../../../localcloud/daemon/start.ts';
import { Deadline } from '../../../waiting/deadline.ts';

await startDaemon({ port: undefined, machines: 'simulated', storage: false, tied: true }, Deadline.after(20));
process.stdout.write('started\n');
process.stdin.resume();
