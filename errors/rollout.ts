/** Errors BF1700 to BF1799: slot upgrades, waves and gates. */
export {};
