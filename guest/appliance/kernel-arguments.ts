/**
 * Kernel arguments of the stand-in: console on the first serial port, quiet, and hung (not rebooted) after a
 * panic, as a machine is that nobody looks after. `no_timer_check`: in an emulator on a busy host the kernel's test of
 * its timer counts too few ticks, and it panics ("IO-APIC + timer doesn't work!").
 */
export const kernelArguments =
  'console=ttyS0,115200 quiet loglevel=3 panic=0 mitigations=off random.trust_cpu=on no_timer_check';
