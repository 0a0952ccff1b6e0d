/**
 * Seconds that the `boot>` prompt of test images waits. A test boots often, and boot(8)'s own 5 s would be most of a
 * boot; 2 s are still long for a dialogue that answers in milliseconds. test/console/boot-prompt.vm.test.ts keeps the 5 s.
 */
export const testBootTimeout = 2;

/** The same as options of guest/appliance/build.ts. */
export const quickBoot = ['--boot-timeout', String(testBootTimeout)] as const;

/** Options for images that are booted, sent and written often: the same timer, half a slot. */
export const quickImage = [...quickBoot, '--slot-mb', '24'] as const;
