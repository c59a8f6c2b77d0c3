//! Character references, as far as they are beyond doubt.

use std::borrow::Cow;

use html5ever::data::NAMED_ENTITIES;

/// The text with its references read; `None` where what is meant takes more rules than these.
pub(super) fn read(text: &str) -> Option<Cow<'_, str>> {
    let Some(first) = text.find('&') else { return Some(Cow::Borrowed(text)) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let used = one(after, &mut out)?;
        let tail = &after[used..];
        let next = tail.find('&').unwrap_or(tail.len());
        out.push_str(&tail[..next]);
        rest = &tail[next..];
    }
    Some(Cow::Owned(out))
}

/// Reads the reference behind an ampersand; answers the bytes it takes.
fn one(after: &str, out: &mut String) -> Option<usize> {
    if let Some(number) = after.strip_prefix('#') {
        return Some(1 + numeric(number, out)?);
    }
    let length = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = &after[..length];
    if after[length..].starts_with(';')
        && let Some((first, second)) = NAMED_ENTITIES.get(&after[..=length])
        && *first != 0
    {
        out.push(char::from_u32(*first)?);
        if *second != 0 {
            out.push(char::from_u32(*second)?);
        }
        return Some(length + 1);
    }
    // Some old names count without their semicolon, even as the beginning of a longer word.
    let is_name =
        |end: usize| NAMED_ENTITIES.get(&name[..end]).is_some_and(|(first, _)| *first != 0);
    if (1..=length).any(is_name) {
        return None;
    }
    out.push('&');
    Some(0)
}

fn numeric(number: &str, out: &mut String) -> Option<usize> {
    let (digits, base, sign) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (number, 10, 0),
    };
    let length = digits.bytes().take_while(|byte| char::from(*byte).is_digit(base)).count();
    if !digits[length..].starts_with(';') {
        return None;
    }
    let code = u32::from_str_radix(&digits[..length], base).ok()?;
    // Control characters and surrogates stand for others.
    let plain =
        matches!(code, 0x9 | 0xa | 0x20..=0x7e | 0xa0..=0xd7ff | 0xe000..=0xfdcf | 0xfdf0..=0xfffd);
    let astral = (0x1_0000..=0x10_ffff).contains(&code) && code & 0xfffe != 0xfffe;
    if !plain && !astral {
        return None;
    }
    out.push(char::from_u32(code)?);
    Some(sign + length + 1)
}
