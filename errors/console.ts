/** Errors BF1300 to BF1399: the serial console and iPXE dialogues. */
export {};
