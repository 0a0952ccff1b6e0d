/**
 * A serial line, however it is reached: bytes in, bytes out, and an end. No idea of prompts or typing.
 */
export interface ConsoleTransport {
  /** Where this line leads, for messages; holds no secret. Example: `serial console of edge-1 (Scaleway)`. */
  readonly description: string;
  /** Calls back with each piece that arrives, in order. Pieces that arrived before the first listener are kept for it. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Sends bytes as they are. Resolves when they were handed over. Throws once the line is closed. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the line has ended: `undefined` after `close()`, else the reason. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  /** Ends the line. Calling it again does nothing. */
  close(): Promise<void>;
}
