/**
 * Kernel arguments of the stand-in: console on the first serial port, quiet, and hung (not rebooted) after a
 * panic, as a machine is that nobody looks after.
 */
export const kernelArguments =
  'console=ttyS0,115200 quiet loglevel=3 panic=0 mitigations=off random.trust_cpu=on';
