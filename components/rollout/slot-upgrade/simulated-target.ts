import type { MachineRef } from './args.ts';
import type { Simulation } from './simulation.ts';

/** How a simulated machine is reached: by its name alone. */
export function simulatedTarget(name: string, simulated: Simulation): MachineRef {
  return {
    cloud: { kind: 'scaleway', zone: 'fr-par-1' },
    server: name,
    address: '127.0.0.1',
    sshPort: 22,
    hostKey: '',
    ssh: { user: 'root', keyFile: 'none' },
    simulated,
  };
}
