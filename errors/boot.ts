/** Errors BF1200 to BF1299: boot scripts and boot modes. */
export {};
