/** Errors BF1900 to BF1999: set-up, tools and the command line. */
export {};
