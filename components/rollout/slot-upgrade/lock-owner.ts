import os from 'node:os';

/**
 * Who takes a lock, for people who find it: the user's name, or its number where no name belongs to it (a container that
 * runs as a user without an entry in /etc/passwd, where Node throws instead).
 */
export function lockOwner(userInfo: () => { readonly username: string } = os.userInfo): string {
  try {
    return userInfo().username;
  } catch {
    // The only thing asked for here is the entry in the user database; there is none.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
