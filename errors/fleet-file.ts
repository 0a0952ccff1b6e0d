/** Errors BF1000 to BF1099: the fleet file and the stack. */
export {};
