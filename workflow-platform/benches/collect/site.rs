//! A shop of books on a real nginx: as many pages as anybody asks for, of a hundred files. Each
//! links to ten below its own address.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

const FILES: usize = 100;
/// Rows of a page's table of contents, which make it as long as pages are.
const CHAPTERS: usize = 288;

pub struct Site {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Site {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("pages");
        fs::create_dir(&pages).unwrap();
        for number in 0..FILES {
            fs::write(pages.join(format!("{number:02}.html")), page(number)).unwrap();
        }
        fs::write(pages.join("robots.txt"), "User-agent: *\nDisallow: /private\n").unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let config = folder.path().join("nginx.conf");
        fs::write(&config, configuration(folder.path(), address)).unwrap();
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&config)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let site = Self { child, address, folder };
        while TcpStream::connect(address).is_err() {
            thread::sleep(Duration::from_millis(20));
        }
        site
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn start_url(&self) -> String {
        format!("http://{}/b/00/", self.address)
    }

    pub fn page(&self) -> String {
        self.start_url()
    }

    pub fn text(&self) -> String {
        fs::read_to_string(self.folder.path().join("pages/00.html")).unwrap()
    }

    pub fn page_bytes(&self) -> usize {
        self.text().len()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `/b/00/3/07/` is the file of the last two digits.
fn configuration(folder: &Path, address: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;\n\
         events {{ worker_connections 2048; }}\n\
         http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000;\n\
         open_file_cache max=1000; default_type text/html; charset utf-8;\n\
         client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;\n\
         uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;\n\
         server {{ listen {address}; root {folder}/pages;\n\
         rewrite \"^/b/(?:\\d\\d/)*(\\d\\d)/$\" /$1.html last; }} }}\n"
    )
}

fn page(number: usize) -> String {
    let links: String = (0..10)
        .map(|link| {
            format!(
                "<li class=\"next\"><a href=\"{:02}/\">Book {link}</a></li>\n",
                number / 10 * 10 + link
            )
        })
        .collect();
    let tags: String = ["fantasy", "long", "finished"]
        .map(|tag| format!("<span class=\"tag\">{tag}</span> "))
        .concat();
    let chapters: String = (0..CHAPTERS)
        .map(|chapter| {
            format!(
                "<li class=\"chapter\" data-id=\"{number}{chapter:04}\"><span class=\"no\">{chapter}</span> \
                 <b>Chapter {chapter}: of what came to pass in the valley</b> \
                 <em class=\"words\">{} words</em> <time>2026-0{}-1{}</time> <i>free</i></li>\n",
                2000 + chapter * 7 % 900,
                chapter % 9 + 1,
                chapter % 9
            )
        })
        .collect();
    let intro =
        "A long time ago somebody walked into the mountains and did not come back. ".repeat(8);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Book {number} - Shop</title>\n\
         <meta name=\"description\" content=\"Book {number}\"></head><body>\n\
         <header><nav><span>Home</span> <span>Ranks</span> <span>Free</span></nav></header>\n\
         <main id=\"book\" data-id=\"{number}\"><h1 class=\"title\">Book {number}</h1>\n\
         <p class=\"author\">by <span class=\"name\">Author {}</span></p>\n\
         <p class=\"meta\"><span class=\"category\">Fantasy</span> <span class=\"sub\">Epic</span> \
         <span class=\"status\">finished</span> <span class=\"words\">{}.5万字</span></p>\n\
         <p class=\"counts\"><b class=\"votes\">{} votes</b> <b class=\"rating\">8.{}</b></p>\n\
         <p class=\"price\">￥{}.50</p><p class=\"isbn\">ISBN 978-7-{number:04}-0001-2</p>\n\
         <img class=\"cover\" data-src=\"/covers/{number}.jpg\" alt=\"\">\n\
         <p class=\"updated\">2026-06-2{} 15:04</p><p class=\"tags\">{tags}</p>\n\
         <div class=\"intro\">{intro}</div><p class=\"latest\"><b>Chapter {CHAPTERS}</b></p>\n\
         <ol id=\"chapters\">{chapters}</ol></main>\n\
         <footer><ul>{links}</ul><p>Nobody lives here.</p></footer></body></html>\n",
        number % 17,
        number * 13 % 400,
        number * 997,
        number % 10,
        number % 90 + 9,
        number % 9,
    )
}
