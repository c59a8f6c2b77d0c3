//! What stands where on A4. Lengths are points, from the upper left corner.

use super::face::Face;
use crate::domain::{Fact, Paper, PaperRow};

pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
const RIGHT: f32 = WIDTH - MARGIN;
/// Nothing but the foot stands below.
const BOTTOM: f32 = HEIGHT - 76.0;
/// Left edge of the second of two columns.
const MIDDLE: f32 = 312.0;
const SIZE: f32 = 9.5;
const STEP: f32 = 15.0;
/// Left edges in the table: what, when. Amounts end at the right.
const WHEN: f32 = MIDDLE;
/// Left edge of the labels of sums.
const SUMS: f32 = MIDDLE;

/// How dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Quiet,
    Rule,
}

/// Something drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// `y` is the base line.
    Text {
        x: f32,
        y: f32,
        size: f32,
        bold: bool,
        ink: Ink,
        text: String,
    },
    Rule {
        x: f32,
        y: f32,
        width: f32,
    },
}

/// The pages, from the first.
pub(super) fn pages(face: &Face, paper: &Paper) -> Vec<Vec<Mark>> {
    let mut setting = Setting { face, done: Vec::new(), page: Vec::new(), y: MARGIN };
    setting.head(paper);
    setting.parties(paper);
    setting.table(paper);
    setting.sums(&paper.sums);
    setting.remarks(&paper.remarks);
    setting.finish(paper)
}

struct Setting<'a> {
    face: &'a Face,
    done: Vec<Vec<Mark>>,
    page: Vec<Mark>,
    /// The base line written last.
    y: f32,
}

impl Setting<'_> {
    fn write(&mut self, x: f32, ink: Ink, text: &str) {
        self.put(x, SIZE, false, ink, text);
    }

    fn put(&mut self, x: f32, size: f32, bold: bool, ink: Ink, text: &str) {
        let (y, text) = (self.y, text.to_owned());
        self.page.push(Mark::Text { x, y, size, bold, ink, text });
    }

    /// Ends at `right`.
    fn put_to(&mut self, right: f32, size: f32, bold: bool, ink: Ink, text: &str) {
        let x = right - self.face.width(text, size);
        self.put(x, size, bold, ink, text);
    }

    fn rule(&mut self, y: f32, x: f32) {
        self.page.push(Mark::Rule { x, y, width: RIGHT - x });
    }

    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.page));
        self.y = MARGIN;
    }

    /// A page of its own for what does not fit on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    fn head(&mut self, paper: &Paper) {
        self.y = 82.0;
        self.put(MARGIN, 24.0, true, Ink::Text, &paper.title);
        self.put_to(RIGHT, 13.0, true, Ink::Text, &paper.state);
        self.y += 18.0;
        self.rule(self.y, MARGIN);
        self.y += 8.0;
        for Fact { label, value } in &paper.facts {
            self.y += STEP;
            self.write(MARGIN, Ink::Quiet, label);
            self.write(MARGIN + 84.0, Ink::Text, value);
        }
    }

    fn parties(&mut self, paper: &Paper) {
        let top = self.y + 28.0;
        self.y = top;
        self.party(MARGIN, &paper.seller);
        let below = self.y;
        self.y = top;
        self.party(MIDDLE, &paper.buyer);
        self.y = self.y.max(below);
    }

    fn party(&mut self, x: f32, lines: &[String]) {
        let Some((heading, lines)) = lines.split_first() else { return };
        self.put(x, 8.5, false, Ink::Quiet, heading);
        for (index, line) in lines.iter().enumerate() {
            for part in self.face.lines(line, SIZE, RIGHT - MIDDLE) {
                self.y += STEP;
                let ink = if index == 0 { Ink::Text } else { Ink::Quiet };
                self.put(x, SIZE, index == 0, ink, &part);
            }
        }
    }

    fn table(&mut self, paper: &Paper) {
        self.y += 38.0;
        self.heads(&paper.heads);
        for row in &paper.rows {
            let lines = self.face.lines(&row.what, SIZE, WHEN - MARGIN - 16.0);
            if self.y + 22.0 + STEP * count(&lines) > BOTTOM {
                self.turn();
                self.heads(&paper.heads);
            }
            self.row(row, &lines);
        }
        self.rule(self.y + 9.0, MARGIN);
        self.y += 12.0;
    }

    fn heads(&mut self, [what, when, amount]: &[String; 3]) {
        self.put(MARGIN, 8.5, false, Ink::Quiet, what);
        self.put(WHEN, 8.5, false, Ink::Quiet, when);
        self.put_to(RIGHT, 8.5, false, Ink::Quiet, amount);
        self.rule(self.y + 8.0, MARGIN);
        self.y += 8.0;
    }

    fn row(&mut self, row: &PaperRow, lines: &[String]) {
        self.y += 18.0;
        self.write(WHEN, Ink::Quiet, &row.when);
        self.put_to(RIGHT, SIZE, false, Ink::Text, &row.amount);
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                self.y += STEP;
            }
            self.write(MARGIN, Ink::Text, line);
        }
    }

    fn sums(&mut self, sums: &[Fact]) {
        let Some((last, before)) = sums.split_last() else { return };
        self.room(18.0 * count(sums) + 24.0);
        for Fact { label, value } in before {
            self.y += 18.0;
            self.write(SUMS, Ink::Quiet, label);
            self.put_to(RIGHT, SIZE, false, Ink::Text, value);
        }
        self.rule(self.y + 9.0, SUMS);
        self.y += 28.0;
        self.put(SUMS, 12.0, true, Ink::Text, &last.label);
        self.put_to(RIGHT, 12.0, true, Ink::Text, &last.value);
    }

    fn remarks(&mut self, remarks: &[String]) {
        self.y += 26.0;
        for remark in remarks {
            for line in self.face.lines(remark, 8.5, RIGHT - MARGIN) {
                self.room(13.0);
                self.y += 13.0;
                self.put(MARGIN, 8.5, false, Ink::Quiet, &line);
            }
        }
    }

    /// Each page says which it is.
    fn finish(mut self, paper: &Paper) -> Vec<Vec<Mark>> {
        self.done.push(std::mem::take(&mut self.page));
        let mut pages = std::mem::take(&mut self.done);
        let total = pages.len();
        for (index, page) in pages.iter_mut().enumerate() {
            self.y = HEIGHT - 44.0;
            self.put(MARGIN, 8.5, false, Ink::Quiet, &format!("{} {}", paper.title, paper.number));
            self.put_to(RIGHT, 8.5, false, Ink::Quiet, &format!("{} / {total}", index + 1));
            page.append(&mut self.page);
        }
        pages
    }
}

#[expect(clippy::cast_precision_loss, reason = "lines of a page")]
fn count<T>(things: &[T]) -> f32 {
    things.len() as f32
}

#[cfg(test)]
mod tests {
    use shared_kernel::domain::{Locale, Timestamp};

    use super::*;

    fn paper(rows: usize) -> Paper {
        let fact = || Fact { label: "合计".to_owned(), value: "51.94".to_owned() };
        let row = PaperRow {
            what: "专业版，一个名字很长的套餐，".repeat(4),
            when: "2026-11-01 – 2026-12-01".to_owned(),
            amount: "49.00".to_owned(),
        };
        Paper {
            locale: Locale::ZhCn,
            title: "账单".to_owned(),
            number: "INV-00000001".to_owned(),
            state: "已支付".to_owned(),
            issued_at: Timestamp::from_micros(0),
            facts: vec![fact()],
            seller: vec!["卖方".to_owned(), "地址".repeat(40)],
            buyer: vec!["买方".to_owned()],
            heads: ["项目".to_owned(), "期间".to_owned(), "金额".to_owned()],
            rows: vec![row; rows],
            sums: vec![fact(), fact()],
            remarks: vec!["备注".repeat(60)],
        }
    }

    #[test]
    fn however_much_there_is_nothing_leaves_the_page_or_is_lost() {
        let face = Face::load().unwrap();
        for rows in [0, 1, 7, 8, 9, 10, 40] {
            let pages = pages(&face, &paper(rows));
            let marks = || pages.iter().flatten();
            for mark in marks() {
                let Mark::Text { x, y, size, text, .. } = mark else { continue };
                let end = x + face.width(text, *size);
                assert!(*x >= MARGIN && end <= RIGHT + 0.1, "{mark:?}");
                assert!(*y <= HEIGHT - 44.0, "{mark:?}");
            }
            let amounts =
                marks().filter(|mark| matches!(mark, Mark::Text { text, .. } if text == "49.00"));
            assert_eq!(amounts.count(), rows);
            assert_eq!(pages.len() > 1, rows > 8, "{rows} rows on {} pages", pages.len());
        }
    }
}
