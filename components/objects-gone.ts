import { BootfleetError } from '../errors/error.ts';
import { reportRemark } from './progress.ts';

/**
 * What a diff says of objects that only the store knows. One that does not answer is no reason for the preview to fail,
 * nor for another publication: it is said, and before a machine is touched for these objects they are looked for again
 * (BF1516). An error thrown by a diff would be shown with its stack trace by Pulumi.
 *
 * @param urn of the resource at which it is said.
 * @param look resolves with true when one of them is missing.
 */
export async function objectsGone(urn: string, look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof BootfleetError)) throw error;
    const why = `${error.code}: ${error.summary}`;
    await reportRemark(urn, 'warning', `whether what it published is still there is not known: ${why}`);
    return false;
  }
}
