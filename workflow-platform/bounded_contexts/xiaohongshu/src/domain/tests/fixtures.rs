//! Pages of every kind and generation. Names are made up.

pub fn page(state: &str) -> String {
    format!(
        r#"<!doctype html><html><head><title>标题 - 小红书</title></head><body><div id="app">登录</div>
        <script>window.__INITIAL_STATE__={state}</script></body></html>"#
    )
}

pub const NOTE: &str = r#"{"global":{"appSettings":undefined},"note":{"firstNoteId":"650000000000000000000001",
    "noteDetailMap":{"650000000000000000000001":{"comments":{"list":[]},"note":{
    "noteId":"650000000000000000000001","type":"video","title":"",
    "desc":"把 undefined 写进正文，安全限制也不怕 #测试[话题]#","time":1760000000000,"lastUpdateTime":1760000600000,
    "ipLocation":"湖南","user":{"userId":"5f0000000000000000000002","nickname":"匿名用户","avatar":"https:\u002F\u002Fexample.invalid\u002Fa.jpg"},
    "tagList":[{"id":"t1","name":"测试","type":"topic"}],
    "imageList":[{"width":1080,"height":1440,"urlDefault":"http:\u002F\u002Fpic.example.invalid\u002F202510\u002Fabc\u002F1040g0001!nd_dft_1","urlPre":"x","infoList":[]},
        {"infoList":[{"imageScene":"WB_PRV","url":"http://pic.example.invalid/p/1040g0002!prv"},{"imageScene":"WB_DFT","url":"http://pic.example.invalid/d/1040g0002!dft"}]}],
    "interactInfo":{"likedCount":"1.2万","collectedCount":"300","commentCount":"10万+","shareCount":""},
    "video":{"media":{"stream":{"av1":[],"h264":[{"masterUrl":"http:\u002F\u002Fv.example.invalid\u002F1.mp4","width":720,"height":1280,"size":123456,"duration":15000}]}}}}}},
    "serverRequestInfo":{"state":"success","errorCode":0,"errMsg":""}},"seen":new Set([]),"cache":new Map([])}"#;

pub const MOBILE_NOTE: &str = r#"{"noteData":{"data":{"noteData":{"noteId":"650000000000000000000004","title":"手机","type":"normal",
    "user":{"nickName":"匿名"},"imageList":[{"fileId":"1040g0009","url":"http://pic.example.invalid/x/1040g0009!h5"}],
    "interactInfo":{"likedCount":12}},"commentData":{"comments":[]}},"routeQuery":{}}}"#;

/// As `JSON.stringify` writes a running page's state.
pub const NOTE_DUMP: &str = r#"{"note":{"firstNoteId":{"__v_isShallow":false,"__v_isRef":true,"_rawValue":"650000000000000000000003","_value":"650000000000000000000003"},
    "noteDetailMap":{"__v_isRef":true,"_rawValue":{"650000000000000000000003":{"note":
    {"__v_isRef":true,"_rawValue":null,"_value":{"noteId":"650000000000000000000003","title":"壳","desc":"正文"}}}},"_value":{}}}}"#;

/// A note saved without its scripts.
pub const NOTE_MARKUP: &str = r#"<!DOCTYPE html><!-- saved from url=(0070)https://www.xiaohongshu.com/explore/650000000000000000000005?xsec_token=AB -->
    <html><head><title>秋天的湖 - 小红书</title><meta name="og:title" content="秋天的湖 - 小红书"><meta name="og:type" content="article">
    <meta name="og:image" content="http://pic.example.invalid/202510/abc/1040g0005!nd_dft_1"><meta name="og:image" content="http://pic.example.invalid/202510/abc/1040g0006!nd_dft_1">
    <meta name="keywords" content="湖, 秋天"><meta name="description" content="走了一圈。"><meta name="og:xhs:note_like" content="1.2万"><meta name="og:xhs:note_collect" content="300"></head>
    <body><div id="noteContainer" class="note-container" data-type="normal"><div class="author-container"><div class="author-wrapper">
    <a href="/user/profile/5f0000000000000000000002?x=1"><img src="https://example.invalid/a.jpg"></a><a href="/user/profile/5f0000000000000000000002" class="name"><span class="username">匿名用户</span></a></div></div>
    <div class="note-content"><div id="detail-title" class="title">秋天的湖</div>
    <div id="detail-desc" class="desc"><span class="note-text"><span>走了一圈。<br>风很大。</span><a id="hash-tag" class="tag" href="/search">#湖</a></span></div>
    <div class="bottom-container"><span class="date">编辑于 06-27 湖南</span></div></div>
    <div class="comments"><span class="like-wrapper"><span class="count">7</span></span></div>
    <div class="engage-bar"><span class="like-wrapper"><span class="count">1</span></span><span class="chat-wrapper"><span class="count">45</span></span></div></div></body></html>"#;

pub const FEED: &str = r#"{"feed":{"feeds":[
    {"id":"650000000000000000000011","xsecToken":"ABtoken=","modelType":"note","noteCard":{"type":"video","displayTitle":"去湖边","cover":{"width":1080,"height":1440,"urlDefault":"http:\u002F\u002Fpic.example.invalid\u002Fa\u002F1040g0011!nc"},
      "user":{"userId":"5f0000000000000000000003","nickName":"甲","nickname":"甲"},"interactInfo":{"liked":false,"likedCount":"10万+"},"cornerTagInfo":[{"type":"publish_time","text":"3天前"}]}},
    {"id":"live1","modelType":"live_v2","noteCard":{"displayTitle":"直播"}},
    {"id":"650000000000000000000012","xsecToken":"CD","modelType":"note","noteCard":{"type":"normal","displayTitle":"","user":{"userId":"5f0000000000000000000004","nickname":"乙"},"interactInfo":{"likedCount":"35"}}}],
    "query":undefined},"seen":new Set([])}"#;

pub const FEED_MARKUP: &str = r#"<html><body><section class="note-item"><a href="/explore/650000000000000000000011" style="display:none"></a>
    <a class="cover mask" href="/explore/650000000000000000000011?xsec_token=AB"><img src="http://pic.example.invalid/a/1040g0011!nc"></a>
    <div class="footer"><a class="title"><span>去湖边</span></a><div class="author-wrapper"><a class="author" href="/user/profile/5f0000000000000000000003"><img class="author-avatar" src="https://example.invalid/b.jpg"><span class="name">甲</span></a>
    <span class="like-wrapper"><span class="count">1.5万</span></span></div></div></section><section class="note-item"><p>广告</p></section></body></html>"#;

pub const CREATOR: &str = r#"{"user":{"userPageData":{"basicInfo":{"nickname":"匿名博主","redId":"100200300","desc":"记录生活\n每周更新","ipLocation":"湖南","images":"https:\u002F\u002Fexample.invalid\u002Fc.jpg","gender":1},
    "interactions":[{"type":"follows","name":"关注","count":"12"},{"type":"fans","name":"粉丝","count":"1.2万"},{"type":"interaction","name":"获赞与收藏","count":"10万+"}],
    "tags":[{"tagType":"location","name":"湖南长沙"},{"tagType":"profession","name":"摄影师"}]},
    "notes":[[{"id":"650000000000000000000021","xsecToken":"EF","noteCard":{"noteId":"650000000000000000000021","type":"normal","displayTitle":"一","user":{"userId":"5f0000000000000000000009","nickname":"匿名博主"},"interactInfo":{"likedCount":"5"}}}],[],[]],
    "activeTab":undefined}}"#;

/// The same from a running page.
pub const CREATOR_DUMP: &str = r#"{"user":{"userPageData":{"__v_isRef":true,"_rawValue":{"basicInfo":{"nickname":"匿名博主","redId":100200300},"interactions":[],"tags":[]},"_value":{}},
    "notes":{"__v_isRef":true,"_rawValue":[{"__v_isRef":true,"_rawValue":[{"noteCard":{"noteId":"650000000000000000000021","displayTitle":"一"}}]}]}}}"#;

pub const CREATOR_MARKUP: &str = r#"<!-- saved from url=(0066)https://www.xiaohongshu.com/user/profile/5f0000000000000000000009 -->
    <html><body><div class="user-info"><div class="avatar"><img class="user-image" src="https://example.invalid/c.jpg"></div><div class="user-name">匿名博主</div>
    <span class="user-redId">小红书号：100200300</span><span class="user-IP">IP属地：湖南</span><div class="user-desc">记录生活</div>
    <div class="user-interactions"><div><span class="count">12</span><span class="shows">关注</span></div><div><span class="count">1.2万</span><span class="shows">粉丝</span></div></div></div></body></html>"#;
