//! ZIP archives for tests, their entries stored as they are.

/// An archive of the entries, in order.
pub fn zip<'a>(entries: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let (mut bytes, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, content) in entries {
        let at = length(bytes.len());
        let checksum = crc32(content).to_le_bytes();
        let size = length(content.len());
        let name_length = u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes();
        // version 2.0, names in UTF-8, stored, no time
        let common =
            [&[20, 0, 0, 8, 0, 0, 0, 0, 0, 0], checksum.as_slice(), &size, &size, &name_length];
        bytes.extend(b"PK\x03\x04");
        bytes.extend([common.concat().as_slice(), &[0; 2], name.as_bytes(), content].concat());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend([common.concat().as_slice(), &[0; 12], &at, name.as_bytes()].concat());
        count += 1;
    }
    let (start, size) = (length(bytes.len()), length(directory.len()));
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    let count = count.to_le_bytes();
    bytes.extend([count.as_slice(), &count, &size, &start, &[0; 2]].concat());
    bytes
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

/// CRC-32 (ISO 3309), bit by bit.
fn crc32(content: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !content.iter().fold(!0, byte)
}
