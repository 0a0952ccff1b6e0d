import { BootfleetError } from '../../errors/error.ts';
import { relativePath } from '../relative-path.ts';

/** The same error with the transcript's path in its sentence; anything else, and no transcript, as it is. */
export function withTranscript(error: unknown, transcript: string | undefined): unknown {
  if (!(error instanceof BootfleetError) || transcript === undefined) return error;
  const shown = relativePath(transcript);
  const { code, summary, why, next, facts } = error;
  return new BootfleetError(
    {
      code,
      summary: `${summary}\n  transcript: ${shown}`,
      why,
      next,
      facts: { ...facts, transcript: shown },
    },
    { cause: error },
  );
}
