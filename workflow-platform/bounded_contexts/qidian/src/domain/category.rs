//! The site's categories and their numbers.

/// The `catid` that means every category.
pub const ALL_CATEGORIES: i64 = -1;

const CATEGORIES: [(&str, i64); 14] = [
    ("玄幻", 21),
    ("奇幻", 1),
    ("武侠", 2),
    ("仙侠", 22),
    ("都市", 4),
    ("现实", 15),
    ("军事", 6),
    ("历史", 5),
    ("游戏", 7),
    ("体育", 8),
    ("科幻", 9),
    ("悬疑", 10),
    ("轻小说", 12),
    ("诸天", 20_109),
];

/// The `catid` of a category's Chinese name; 全部 is all of them.
pub fn category_id(name: &str) -> Option<i64> {
    match name.trim() {
        "全部" | "all" => Some(ALL_CATEGORIES),
        name => CATEGORIES.iter().find(|(known, _)| *known == name).map(|(_, id)| *id),
    }
}

/// The names [`category_id`] knows, for error messages.
pub(crate) fn category_names() -> impl Iterator<Item = &'static str> {
    CATEGORIES.iter().map(|(name, _)| *name)
}
