"""What the platform's crawl does, in Scrapy: the same pages, fields, parallelism and durability.

usage: spider.py START PAGES DATABASE; prints the pages that were stored and the seconds it took.
"""

import json
import re
import sqlite3
import sys
import time

import scrapy
from scrapy.crawler import CrawlerProcess

START, PAGES, DATABASE = sys.argv[1], int(sys.argv[2]), sys.argv[3]
BATCH = 256


def number(text):
    found = re.search(r"[\d,]+(?:\.\d+)?", text or "")
    return float(found.group().replace(",", "")) if found else None


class Books(scrapy.Spider):
    name = "books"
    start_urls = [START]
    asked = 1

    def parse(self, response):
        text = lambda selector: " ".join("".join(response.css(selector)[0].css("*::text").getall()).split())
        yield {
            "url": response.url,
            "title": response.css("title::text").get(),
            "book_id": int(response.css("#book::attr(data-id)").get()),
            "name": text("h1.title"),
            "author": text(".author .name"),
            "category": text(".category"),
            "sub": text(".sub"),
            "state": text(".status"),
            "words": int(number(text(".meta .words")) * 10_000),
            "votes": int(number(text(".votes"))),
            "rating": number(text(".rating")),
            "price": number(text(".price")),
            "isbn": re.search(r"[\d-]{10,}", text(".isbn")).group(),
            "cover": response.urljoin(response.css("img.cover::attr(data-src)").get()),
            "updated": text(".updated"),
            "tags": response.css(".tag::text").getall(),
            "intro": text(".intro"),
        }
        for href in response.css("a::attr(href)").getall():
            if self.asked < PAGES:
                self.asked += 1
                yield response.follow(href, self.parse)


class Store:
    def open_spider(self, spider):
        self.stored, self.begun = 0, time.monotonic()
        self.connection = sqlite3.connect(DATABASE)
        self.connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE books (url TEXT PRIMARY KEY, data TEXT NOT NULL)"
        )

    def process_item(self, item, spider):
        self.connection.execute(
            "INSERT INTO books VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET data = excluded.data",
            (item["url"], json.dumps(item)),
        )
        self.stored += 1
        if self.stored % BATCH == 0:
            self.connection.commit()
        return item

    def close_spider(self, spider):
        self.connection.commit()
        print(self.stored, time.monotonic() - self.begun)


process = CrawlerProcess(
    {
        "ITEM_PIPELINES": {Store: 1},
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
        "DOWNLOAD_DELAY": 0,
        "DEPTH_LIMIT": 0,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
)
process.crawl(Books)
process.start()
