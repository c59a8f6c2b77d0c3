//! Pages of every kind and generation. Names are made up.

use serde_json::{Value, json};

/// A page of the mobile site with its page context.
pub fn mobile(data: &Value) -> String {
    let context =
        json!({"pageContext": {"_pageId": "/src/pages/x", "pageProps": {"pageData": data}}});
    format!(
        r#"<!doctype html><html lang="zh"><head><title>起点</title></head><body><div id="app"></div>
        <script src="probev3.js"></script><script src="TCaptcha.js"></script>
        <script id="vite-plugin-ssr_pageContext" type="application/json">{context}</script></body></html>"#
    )
}

pub fn row() -> Value {
    json!({"bid": 1_000_000_001, "bName": "星河旧梦", "bAuth": "青衫客", "catId": 21, "cat": "玄幻",
        "subCatId": 8, "subCat": "东方玄幻", "cnt": "569.44万字", "rankNum": 1,
        "rankCnt": "9.8万月票", "desc": "　　少年出山。<br>天下变色。"})
}

pub fn other_row() -> Value {
    json!({"bid": "1000000002", "bName": "长夜灯", "bAuth": "白鹭", "cat": "都市", "subCat": "都市生活",
        "cnt": "10万字", "rankNum": "2", "rankCnt": "10万+月票", "desc": "灯火。"})
}

pub fn ranking_data() -> Value {
    json!({"records": [row(), other_row()], "total": 100, "pageNum": 1, "isLast": 0})
}

/// `/rank/` of the mobile site.
pub fn boards_data() -> Value {
    let plain = |bid: u64, name: &str| json!({"bid": bid, "bName": name, "bAuth": "青衫客"});
    json!({"hotRank": [plain(1, "甲书"), plain(2, "乙书")], "title": "排行榜",
        "newbRank": {"records": [plain(3, "丙书")]}, "seo": {"links": []}})
}

pub fn book_data() -> Value {
    json!({"bookInfo": {"bookId": 1_000_000_001, "bookName": "星河旧梦", "authorName": "青衫客",
        "authorId": 400_001, "chanName": "玄幻", "subCateName": "东方玄幻", "actionStatus": "连载",
        "isVip": 1, "signStatus": "签约", "wordsCnt": 5_694_412, "showWordsCnt": "569.44万字",
        "recomAll": 812_345, "recomWeek": 9_876, "collect": "10万+", "monthTicket": "9.8万",
        "clickTotal": "- -", "desc": "少年出山。", "updChapterName": "第一千章 归来",
        "updTime": "2026-03-01 23:15:00", "joinTime": "2020-01-01"},
        "recentChapters": [{"id": 7, "cN": "第一千章 归来", "uT": "2026-03-01", "cnt": 3012}],
        "cTCnt": 1000, "authorInfo": {"authorId": 400_001}})
}

pub fn catalog_data() -> Value {
    json!({"bookId": 1_000_000_001, "vs": [
        {"vN": "正文卷", "cCnt": 2, "cs": [
            {"id": 11, "cN": "第一章 出山", "uT": "2020-01-02 03:04", "cnt": 3012, "sS": 1},
            {"id": "12", "cN": "第二章 入城", "uT": "2020-01-03 03:04", "cnt": "2800", "sS": 0}]},
        {"vN": "番外", "cCnt": 1, "cs": [{"id": 13, "cN": "旧事", "uT": "昨日15:04", "cnt": 100, "sS": 2}]}]})
}

pub fn author_data() -> Value {
    json!({"info": {"name": "青衫客", "desc": "写书的人。"}, "allBook": [
        {"bid": 1_000_000_001, "bName": "星河旧梦", "cat": "玄幻", "desc": "少年出山。"},
        {"bid": 1_000_000_009, "bName": "旧雨", "cat": "都市", "desc": "雨。"}]})
}

pub fn free_data() -> Value {
    json!({"curFree": [
        {"bid": 1_000_000_001, "bName": "星河旧梦", "bAuth": "青衫客", "score": 9.1},
        {"bid": 1_000_000_002, "bName": "长夜灯", "bAuth": "白鹭", "score": -1}]})
}

/// The mobile ranking page without its page context.
pub const MOBILE_ROWS: &str = r#"<html><body><ul>
    <li class="y-list__item" data-index="0"><a href="//m.qidian.com/book/1000000001/">
      <img data-src="https://bookcover.yuewen.com/qdbimg/349573/1000000001/150">
      <h2 class="_title_1x2y" title="星河旧梦">星河旧…</h2>
      <p class="_subTitle_9aBc">青·衫客 · 玄幻 · 10.5万字</p></a></li>
    <li data-index="1" class="y-list__item">
      <img data-src="https://bookcover.yuewen.com/qdbimg/349573/1000000002/150">
      <h2 title="长夜灯">长夜灯</h2><p class="_subTitle_9aBc">白鹭 · 都市 · 完本</p></li>
    </ul></body></html>"#;

/// A desktop ranking; `heading` is h2 today and was h4 before.
pub fn desktop_ranking(heading: &str) -> String {
    format!(
        r#"<!DOCTYPE html><html><head><meta charset="UTF-8"><script src="probev3.js"></script></head><body>
        <div class="rank-view-list" id="rank-view-list"><div class="book-img-text"><ul>
        <li data-rid="1"><div class="book-img-box"><span class="rank-tag no1">21<cite></cite></span>
          <a href="//www.qidian.com/book/1000000001/" data-bid="1000000001"><img src="//bookcover.yuewen.com/qdbimg/349573/1000000001/150"></a></div>
          <div class="book-mid-info"><{heading}><a href="//www.qidian.com/book/1000000001/" data-eid="qd_C40" data-bid="1000000001" title="星河旧梦在线阅读">星河旧梦</a></{heading}>
          <p class="author"><img src="user.png"><a class="name" href="//my.qidian.com/author/400001/" data-eid="qd_C41">青衫客</a><em>|</em><a href="//www.qidian.com/xuanhuan/" data-eid="qd_C42">玄幻</a><em>·</em><a class="go-sub-type" data-typeid="21">东方玄幻</a><em>|</em><span>连载</span></p>
          <p class="intro"> 少年出山，
             天下变色。 </p>
          <p class="update"><a href="//www.qidian.com/chapter/1000000001/77/" data-cid="x">最新更新 第一千章 归来</a><em>·</em><span>昨日15:04</span></p></div>
          <div class="book-right-info"><div class="total"><p><span><style>@font-face {{ font-family: x; }} .x {{ font-family: 'x' }}</style><span class="x">&#100365;&#100369;&#100366;</span></span>月票</p></div>
          <p class="btn"><a class="red-btn" href="//www.qidian.com/book/1000000001/">书籍详情</a></p></div></li>
        <li data-rid="2"><div class="book-img-box"><span class="rank-tag">22</span></div>
          <div class="book-mid-info"><{heading}><a href="//book.qidian.com/info/1000000002">长夜灯</a></{heading}>
          <p class="author"><a class="name" href="//my.qidian.com/author/400002">白鹭</a><em>|</em><a href="//www.qidian.com/dushi/">都市</a><em>|</em><span>完本</span></p>
          <p class="intro">灯火。</p><p class="update"><a>最新更新 大结局</a><em>·</em><span>02-29 12:30</span></p></div>
          <div class="book-right-info"><div class="total"><p><span> 4497</span>总字数</p><p><span>1.2万</span>总推荐</p></div></div></li>
        </ul></div></div></body></html>"#
    )
}

/// "All books" of today.
pub const ALL_NEW: &str = r#"<html><body><div class="all-book-list"><div id="book-img-text"><ul>
    <li data-rid="1"><div class="book-img-box"><a data-bid="1000000001" href="//www.qidian.com/book/1000000001/"><img src="//bookcover.yuewen.com/qdbimg/349573/1000000001/150"></a></div>
    <div class="book-mid-info"><h2><a data-bid="1000000001" href="//www.qidian.com/book/1000000001/">星河旧梦</a></h2>
    <p class="author"><a class="name" href="//my.qidian.com/author/400001/">青衫客</a><em>|</em><a href="//www.qidian.com/xuanhuan/">玄幻</a><em>·</em><a class="go-sub-type">东方玄幻</a><em>|</em><span>连载</span></p>
    <p class="intro">少年出山。</p><p class="update"><span>226.81万字</span></p></div></li>
    </ul></div></div></body></html>"#;

/// "All books" as it was, its lengths scrambled.
pub const ALL_OLD: &str = r#"<html><body><div class="all-book-list"><div class="book-img-text"><ul class="all-img-list cf">
    <li data-rid="1"><div class="book-img-box"><a href="//book.qidian.com/info/1000000001" data-bid="1000000001"><img src="//bookcover.yuewen.com/qdbimg/349573/1000000001/150"></a></div>
    <div class="book-mid-info"><h4><a href="//book.qidian.com/info/1000000001" data-bid="1000000001">星河旧梦</a></h4>
    <p class="author"><a class="name" href="//my.qidian.com/author/400001">青衫客</a><em>|</em><a href="//www.qidian.com/xuanhuan" data-eid="qd_B60">玄幻</a><em>·</em><a class="go-sub-type">东方玄幻</a><em>|</em><span>完本</span></p>
    <p class="intro">少年出山。</p><p class="update"><span><style>.y {font-family: y}</style><span class="y">&#100365;&#100369;.&#100366;</span>万字</span></p></div></li>
    </ul></div></div></body></html>"#;

/// The desktop book page of today.
pub const BOOK_NEW: &str = r##"<!DOCTYPE html><html><head><meta charset="utf-8">
    <meta property="og:novel:category" content="玄幻"><meta property="og:novel:author" content="青衫客">
    <meta property="og:novel:book_name" content="星河旧梦"><meta property="og:novel:status" content="连载">
    <meta property="og:novel:update_time" content="2026-03-01 23:15:00">
    <meta property="og:novel:latest_chapter_name" content="第一千章 归来">
    <meta property="og:image" content="//bookcover.yuewen.com/qdbimg/349573/1000000001/180"></head><body>
    <div class="book-information"><a id="bookImg" data-bid="1000000001" href="#"><img src="//bookcover.yuewen.com/qdbimg/349573/1000000001/180"></a>
    <div class="book-info"><h1 id="bookName">星河旧梦</h1>
    <p class="author"><a class="writer-name" href="//my.qidian.com/author/400001/">青衫客</a><span class="update-time">更新时间:2026-03-01 23:15:00</span></p>
    <a class="book-latest-chapter" href="#">最新章节:第一千章 归来</a>
    <p class="book-attribute"><span>连载</span><i>·</i><span>签约</span><i>·</i><span>VIP</span><i>·</i><a href="//www.qidian.com/xuanhuan/">玄幻</a><i>·</i><a href="#">东方玄幻</a></p>
    <p class="all-label"><a href="#">热血</a><a href="#">群像</a></p>
    <p class="count"><em>226.81万</em><cite>字</cite><i></i><em>12.3万</em><cite>总推荐</cite><i></i><em>- -</em><cite>周推荐</cite></p>
    <p class="intro">一句话。</p></div></div>
    <div class="book-intro-detail"><p id="book-intro-detail">　　少年出山。<br>　　天下变色。</p></div></body></html>"##;

/// The desktop book page as it was.
pub const BOOK_OLD: &str = r##"<html><head><title>星河旧梦</title></head><body><div class="book-information cf">
    <div class="book-img"><a id="bookImg" data-bid="1000000001"><img src="//bookcover.yuewen.com/qdbimg/349573/1000000001/180"></a></div>
    <div class="book-info"><h1><em>星河旧梦</em><span><a class="writer" href="//my.qidian.com/author/400001">青衫客</a> 著</span></h1>
    <p class="tag"><span class="blue">完本</span><span class="blue">签约</span><span class="blue">VIP</span><a class="red" href="//www.qidian.com/xuanhuan">玄幻</a><a class="red" href="#">东方玄幻</a></p>
    <p class="intro">一句话。</p>
    <p><em><style>.z {font-family: z}</style><span class="z">&#100365;&#100369;</span></em><cite>万字</cite><i>|</i><em>35.2</em><cite>万总会员点击<span>·</span>会员周点击1.2万</cite><i>|</i><em>12.3</em><cite>万总推荐</cite></p></div></div>
    <div class="book-intro"><p>少年出山。<br>天下变色。</p></div>
    <ul><li class="update"><b>最新章节</b><p><a class="blue" href="#">第一千章 归来</a><em class="time">3小时前</em></p></li></ul></body></html>"##;

/// The mobile catalog without its page context.
pub const MOBILE_CATALOG: &str = r#"<html><head><link rel="canonical" href="https://m.qidian.com/book/1000000001/catalog/"></head><body>
    <a class="_chapterItem_1a2b" href="//m.qidian.com/chapter/1000000001/11/"><h2>第一章 出山</h2></a>
    <a class="_chapterItem_1a2b _unPay_9z" href="//m.qidian.com/chapter/1000000001/12/"><h2>第二章 入城</h2></a></body></html>"#;

/// Chapters on a desktop page.
pub const DESKTOP_CATALOG: &str = r#"<!-- saved from url=(0040)https://www.qidian.com/book/1000000001/ -->
    <html><body><div class="catalog-volume"><h3 class="volume-name">正文卷·共1章</h3><ul>
    <li><a class="chapter-name" href="//www.qidian.com/chapter/1000000001/11/" title="星河旧梦 第一章 出山 首发时间：2020-01-02 03:04:05 章节字数：3012">第一章 出山</a></li>
    </ul></div></body></html>"#;
