//! Pages that wait for their turn, packed: there may be hundreds of thousands, and addresses of one
//! site are much alike. Of each stands here only what differs from the one before it.

use std::collections::VecDeque;

/// Bytes that are kept, and let go, together.
const BLOCK: usize = 4096;

/// First come, first served.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Each can be read by itself. The first is read, the last is written, and they may be one.
    blocks: VecDeque<Vec<u8>>,
    /// The address that was put into the last block last.
    newest: String,
    /// The address that was taken out of the first block last.
    oldest: String,
    /// How far the first block was read.
    read: usize,
}

impl Line {
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    pub fn push(&mut self, url: &str, depth: u32) {
        if self.blocks.back().is_none_or(|block| block.len() >= BLOCK) {
            self.blocks.push_back(Vec::with_capacity(BLOCK + BLOCK / 8));
            self.newest.clear();
        }
        let Some(block) = self.blocks.back_mut() else { return };
        let shared = shared(&self.newest, url);
        let rest = &url[shared..];
        for number in [shared, rest.len(), depth as usize] {
            put(block, number);
        }
        block.extend_from_slice(rest.as_bytes());
        url.clone_into(&mut self.newest);
    }

    /// The address that waits longest, with its depth.
    pub fn pop(&mut self) -> Option<(Box<str>, u32)> {
        let block = self.blocks.front()?;
        let [shared, length, depth] = [(); 3].map(|()| take(block, &mut self.read));
        let end = self.read + length;
        self.oldest.truncate(shared);
        self.oldest.push_str(&String::from_utf8_lossy(&block[self.read..end]));
        self.read = end;
        let url = Box::from(&*self.oldest);
        if end == block.len() {
            self.blocks.pop_front();
            self.oldest.clear();
            self.read = 0;
        }
        Some((url, u32::try_from(depth).unwrap_or(u32::MAX)))
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.blocks.iter().map(Vec::capacity).sum()
    }
}

/// How much of its beginning the text has from the one before, in whole characters.
fn shared(before: &str, text: &str) -> usize {
    let same = before.bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
    (0..=same).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put(block: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        block.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    block.push(number.to_le_bytes()[0]);
}

fn take(block: &[u8], at: &mut usize) -> usize {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = block[*at];
        *at += 1;
        number |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return number;
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Act {
        Push(String, u32),
        Pop,
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            3 => ("(http://a/é?|ü|)[abé]{0,6}(x{300})?", any::<u32>())
                .prop_map(|(url, depth)| Act::Push(url, depth)),
            2 => Just(Act::Pop),
        ]
    }

    proptest! {
        #[test]
        fn comes_out_as_it_went_in(acts in prop::collection::vec(act(), 0..400)) {
            let (mut line, mut model) = (Line::default(), VecDeque::new());
            for act in acts.into_iter().chain(std::iter::repeat_n(Act::Pop, 400)) {
                match act {
                    Act::Push(url, depth) => {
                        line.push(&url, depth);
                        model.push_back((Box::from(url), depth));
                    }
                    Act::Pop => prop_assert_eq!(line.pop(), model.pop_front()),
                }
                prop_assert_eq!(line.is_empty(), model.is_empty());
            }
        }
    }

    #[test]
    fn a_hundred_thousand_addresses_of_a_site_need_little_room() {
        let mut line = Line::default();
        for number in 0..100_000 {
            let page = number / 10;
            line.push(&format!("http://shop.example/books/{page:06}/{}/", number % 10), 7);
        }
        assert!(line.bytes() < 1_500_000, "{} bytes", line.bytes());
    }
}
