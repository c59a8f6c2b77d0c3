//! The demo site's books: made up, and the same on every machine.

use serde_json::{Value, json};

/// How many books the serial site has.
pub const BOOKS: u32 = 100;
/// How many the shop sells.
pub const GOODS: u32 = 60;
/// Rows of one ranking page, as on the real site.
const ROWS: usize = 20;
const FIRST_ID: u32 = 1_000_000_000;

/// Categories the serial site has books of: the site's number and name.
pub const CATEGORIES: [(i64, &str, &str); 4] = [
    (21, "玄幻", "东方玄幻"),
    (4, "都市", "都市生活"),
    (9, "科幻", "星际文明"),
    (10, "悬疑", "奇妙世界"),
];
/// The shop's shelves: the word in the address and the name.
pub const SHELVES: [(&str, &str); 4] =
    [("novel", "小说"), ("history", "历史"), ("science", "科学"), ("children", "童书")];

const HEADS: [&str; 10] =
    ["星河", "长夜", "孤城", "青云", "听雪", "万象", "沧海", "落月", "山外", "灯下"];
const TAILS: [&str; 10] =
    ["旧梦", "归途", "问路人", "手记", "往事", "回响", "长歌", "无声", "来信", "边界"];
const PEN_NAMES: [&str; 8] = ["纸舟", "木屐", "石灯", "竹影", "陶罐", "麻绳", "瓦当", "铜铃"];

/// A book of the serial site.
#[derive(Debug, Clone, Copy)]
pub struct Book {
    number: u32,
}

impl Book {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..BOOKS).map(|number| Self { number })
    }

    /// The book with this id, if the site has it.
    pub fn find(id: u32) -> Option<Self> {
        let number = id.checked_sub(FIRST_ID)?.checked_sub(1)?;
        (number < BOOKS).then_some(Self { number })
    }

    pub fn id(self) -> u32 {
        FIRST_ID + self.number + 1
    }

    pub fn title(self) -> String {
        title(self.number)
    }

    pub fn author(self) -> String {
        format!("{}{:02}", pick(&PEN_NAMES, self.draw(1)), self.draw(2) % 40 + 1)
    }

    pub fn category(self) -> (i64, &'static str, &'static str) {
        let place = usize::try_from(self.number).unwrap_or(0) % CATEGORIES.len();
        CATEGORIES.get(place).copied().unwrap_or((21, "玄幻", "东方玄幻"))
    }

    pub fn words(self) -> u64 {
        200_000 + self.draw(3) % 6_000_000
    }

    /// What the list ranks by.
    pub fn score(self, list: &str) -> u64 {
        let salt = list.bytes().fold(7, |salt, byte| salt * 31 + u64::from(byte));
        500 + self.draw(salt) % 120_000
    }

    fn intro(self) -> String {
        format!("《{}》是演示站点的虚构作品，写{}里的一段旅程。", self.title(), self.category().2)
    }

    fn chapters(self) -> u64 {
        self.words() / 3000
    }

    fn draw(self, salt: u64) -> u64 {
        mix(u64::from(self.number) << 32 | salt)
    }

    /// One row of a ranking's `records`.
    pub fn ranking_row(self, list: &str, rank: usize) -> Value {
        let (category, name, sub) = self.category();
        json!({
            "bid": self.id(), "bName": self.title(), "bAuth": self.author(),
            "catId": category, "cat": name, "subCatId": category * 10 + 1, "subCat": sub,
            "cnt": format!("{}字", in_wan(self.words())), "rankNum": rank,
            "rankCnt": format!("{}{}", in_wan(self.score(list)), unit(list)),
            "desc": self.intro(),
        })
    }

    /// The `pageData` of its page.
    pub fn page_data(self) -> Value {
        let (_, name, sub) = self.category();
        let finished = self.draw(4).is_multiple_of(4);
        let day = self.draw(5) % 20 + 1;
        let last = self.chapters();
        json!({
            "bookInfo": {
                "bookId": self.id(), "bookName": self.title(), "authorName": self.author(),
                "authorId": 400_000_000 + self.draw(6) % 1000, "chanName": name, "subCateName": sub,
                "actionStatus": if finished { "完本" } else { "连载" }, "isVip": u8::from(!self.draw(7).is_multiple_of(3)),
                "signStatus": "签约", "wordsCnt": self.words(), "showWordsCnt": format!("{}字", in_wan(self.words())),
                "recomAll": self.draw(8) % 900_000, "recomWeek": self.draw(9) % 9000,
                "collect": self.draw(10) % 400_000, "monthTicket": self.score("yuepiao"),
                "clickTotal": "10万+", "desc": self.intro(), "updChapterName": format!("第{last}章 新的一页"),
                "updTime": format!("2026-11-{day:02} {:02}:{:02}:00", self.draw(11) % 24, self.draw(12) % 60),
                "joinTime": "2024-05-01 08:00:00",
            },
            "recentChapters": [{"id": last, "cN": format!("第{last}章 新的一页"), "uT": "", "cnt": 3000}],
            "cTCnt": last,
            "authorInfo": {"name": self.author()},
        })
    }
}

/// The books of a ranking page, best first; `catid` -1 takes all categories.
pub fn ranking(list: &str, catid: i64) -> Vec<Book> {
    let mut books: Vec<Book> =
        Book::all().filter(|book| catid == -1 || book.category().0 == catid).collect();
    books.sort_by_key(|book| (std::cmp::Reverse(book.score(list)), book.id()));
    books.truncate(ROWS);
    books
}

/// A book in the shop.
#[derive(Debug, Clone, Copy)]
pub struct Good {
    pub number: u32,
}

impl Good {
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=GOODS).map(|number| Self { number })
    }

    pub fn find(number: u32) -> Option<Self> {
        (1..=GOODS).contains(&number).then_some(Self { number })
    }

    pub fn title(self) -> String {
        format!("{}（精装）", title(self.number * 7 + 3))
    }

    pub fn shelf(self) -> (&'static str, &'static str) {
        let place = usize::try_from(self.number).unwrap_or(0) % SHELVES.len();
        SHELVES.get(place).copied().unwrap_or(("novel", "小说"))
    }

    /// In fen.
    pub fn price(self) -> u64 {
        1980 + self.draw(1) % 9000
    }

    pub fn stock(self) -> u64 {
        self.draw(2) % 40
    }

    /// Tenths of a star, 25 to 50.
    pub fn rating(self) -> u64 {
        25 + self.draw(3) % 26
    }

    fn draw(self, salt: u64) -> u64 {
        mix(0xB00C << 48 | u64::from(self.number) << 16 | salt)
    }
}

fn title(number: u32) -> String {
    let number = u64::from(number);
    format!("{}{}", pick(&HEADS, number), pick(&TAILS, number / 10 + number))
}

fn pick(words: &[&'static str], number: u64) -> &'static str {
    let place = usize::try_from(number).unwrap_or(0) % words.len().max(1);
    words.get(place).copied().unwrap_or_default()
}

fn unit(list: &str) -> &'static str {
    match list {
        "yuepiao" => "月票",
        "rec" | "newbook" => "推荐票",
        "readindex" => "阅读指数",
        _ => "热度",
    }
}

/// "569.44万", as the site writes it; below ten thousand plainly.
fn in_wan(number: u64) -> String {
    if number < 10_000 {
        return number.to_string();
    }
    format!("{}.{:02}万", number / 10_000, number % 10_000 / 100)
}

/// `SplitMix64` (Steele, Lea and Flood 2014), enough chance for a shop window.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn titles_are_distinct_and_ids_lead_back() {
        let titles: BTreeSet<String> = Book::all().map(Book::title).collect();
        assert_eq!(titles.len(), 100);
        assert!(
            Book::all().all(|book| Book::find(book.id()).map(Book::title) == Some(book.title()))
        );
        assert!(Book::find(7).is_none());
    }

    #[test]
    fn rankings_fall_and_have_twenty_rows() {
        let books = ranking("yuepiao", -1);
        assert_eq!(books.len(), 20);
        assert!(books.windows(2).all(|pair| pair[0].score("yuepiao") >= pair[1].score("yuepiao")));
    }
}
