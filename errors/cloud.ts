/** Errors BF1400 to BF1499: the cloud's API. */
export {};
