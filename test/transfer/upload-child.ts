import { openStore, type StoreAccess } from '../../transfer/object-store.ts';
import type { FileUpload } from '../../transfer/send-file.ts';
import { ensureFile } from '../../transfer/upload.ts';

/** Uploads a file in a process that a test kills: says so when three parts are there, and never sends the fourth. */
const { access, bucket, upload } = JSON.parse(process.argv[2] ?? '') as {
  access: StoreAccess;
  bucket: string;
  upload: FileUpload;
};
const store = openStore(access, bucket);
let there = 0;
store.client.middlewareStack.add(
  (next, { commandName }) =>
    async (args) => {
      if (commandName !== 'UploadPartCommand') return next(args);
      if ((args.input as { PartNumber: number }).PartNumber > 3) {
        // Keeps the process alive until it is killed.
        return new Promise(() => setInterval(() => undefined, 1000));
      }
      const answer = await next(args);
      there += 1;
      if (there === 3) process.stdout.write('3 parts are there\n');
      return answer;
    },
  { step: 'initialize' },
);
await ensureFile(store, upload);
