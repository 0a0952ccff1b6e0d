import type { StartMessage } from './main.ts';

/** Tells the process that started this one. Resolves when the message is on its way, or there is nobody to tell. */
export async function tell(message: StartMessage): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      resolve();
    });
  });
}

/** Lets go of the one that started this process, so that it can end; it may have gone away already. */
export function letGo(): void {
  if (process.connected) process.disconnect();
}
