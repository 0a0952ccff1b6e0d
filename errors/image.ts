/** Errors BF1100 to BF1199: image artifacts (files, checksums, signatures, upload). */
export {};
