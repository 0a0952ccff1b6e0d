/**
 * A bootable CD of 22 sectors: ISO 9660 with an El Torito boot record, whose boot program writes a line to the first
 * serial port and stops. Made here because no package on a machine with bootfleet makes bootable CDs.
 * Source: ECMA-119, 8 (volume descriptors); El Torito 1.0, 2 (boot catalog).
 */
export function tinyIso(line: string): Buffer {
  const sector = 2048;
  const iso = Buffer.alloc(22 * sector);
  const both16 = (at: number, value: number): void => {
    iso.writeUInt16LE(value, at);
    iso.writeUInt16BE(value, at + 2);
  };
  const both32 = (at: number, value: number): void => {
    iso.writeUInt32LE(value, at);
    iso.writeUInt32BE(value, at + 4);
  };

  // Sector 16: primary volume descriptor, with a root folder that has nothing in it.
  const volume = 16 * sector;
  iso.write('\x01CD001\x01', volume, 'latin1');
  iso.write('LINUX'.padEnd(32) + 'TINY'.padEnd(32), volume + 8, 'latin1');
  both32(volume + 80, 22);
  both16(volume + 120, 1);
  both16(volume + 124, 1);
  both16(volume + 128, sector);
  const root = volume + 156;
  iso.writeUInt8(34, root);
  both32(root + 2, 21);
  both32(root + 10, sector);
  iso.writeUInt8(2, root + 25);
  both16(root + 28, 1);
  iso.writeUInt8(1, root + 32);

  // Sector 17: boot record, which names the boot catalog. Sector 18: end of the descriptors.
  iso.write('\x00CD001\x01EL TORITO SPECIFICATION', 17 * sector, 'latin1');
  iso.writeUInt32LE(19, 17 * sector + 0x47);
  iso.write('\xffCD001\x01', 18 * sector, 'latin1');

  // Sector 19: boot catalog. The words of its first entry add up to zero.
  const catalog = 19 * sector;
  iso.writeUInt8(1, catalog);
  iso.writeUInt16LE(0xaa55, catalog + 30);
  iso.writeUInt16LE(0x10000 - 0xaa55 - 1, catalog + 28);
  iso.writeUInt8(0x88, catalog + 32);
  iso.writeUInt16LE(4, catalog + 38);
  iso.writeUInt32LE(20, catalog + 40);

  bootProgram(line).copy(iso, 20 * sector);
  return iso;
}

/** 16-bit x86 that runs wherever it is loaded: writes the text behind it to COM1 and halts for ever. */
function bootProgram(line: string): Buffer {
  const code = [
    ...[0xfa, 0xfc], // cli; cld
    ...[0xe8, 0x00, 0x00], // call next
    ...[0x5e, 0x83, 0xc6, 0x1e], // next: pop si; add si, text - next
    ...[0x2e, 0xac], // character: cs lodsb
    ...[0x84, 0xc0, 0x74, 0x11], // test al, al; jz end
    ...[0x88, 0xc4, 0xba, 0xfd, 0x03], // mov ah, al; mov dx, 0x3fd
    ...[0xec, 0xa8, 0x20, 0x74, 0xfb], // busy: in al, dx; test al, 0x20; jz busy
    ...[0xb2, 0xf8, 0x88, 0xe0, 0xee], // mov dl, 0xf8; mov al, ah; out dx, al
    ...[0xeb, 0xe9], // jmp character
    ...[0xf4, 0xeb, 0xfd], // end: hlt; jmp end
  ];
  return Buffer.concat([Buffer.from(code), Buffer.from(`\r\n${line}\r\n\0`, 'latin1')]);
}
