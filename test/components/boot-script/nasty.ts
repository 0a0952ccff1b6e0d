import fc from 'fast-check';

/** Text that means something to iPXE, mixed with any other. */
export const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        '&&',
        '||',
        ';',
        '#',
        '${',
        '}',
        '$',
        ' ',
        '\n',
        '\r',
        '\t',
        '\\',
        '"',
        ':',
        '/',
        '-',
        'shell',
        'a',
        '\0',
        '\v',
        'http://h/',
        'é',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);
