/** Errors BF1500 to BF1599: object storage. */
export {};
