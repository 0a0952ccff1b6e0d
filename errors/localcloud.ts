/** Errors BF1800 to BF1899: the embedded cloud. */
export {};
