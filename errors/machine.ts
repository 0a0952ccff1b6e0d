/** Errors BF1600 to BF1699: a machine over SSH and its metadata. */
export {};
