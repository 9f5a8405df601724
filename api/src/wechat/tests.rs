//! A stand-in for WeChat's server.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread::JoinHandle,
};

use super::*;
use crate::settings::WeChatTemplates;

/// Gives these answers, one a request; says its address and what it was asked.
pub(crate) fn stand_in(answers: &[&'static str]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let answers = answers.to_vec();
    let asked = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            asked.push(request(&stream));
            // WeChat calls its JSON plain text.
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n";
            write!(stream, "{head}Content-Length: {}\r\n\r\n{answer}", answer.len()).unwrap();
        }
        asked
    });
    (url, asked)
}

/// A whole request: its head and its body.
fn request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let begun = text.len();
        reader.read_line(&mut text).unwrap();
        let line = text[begun..].to_ascii_lowercase();
        if let Some(announced) = line.strip_prefix("content-length:") {
            length = announced.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}

pub(crate) fn server(base_url: String) -> WeChatServer {
    let none = None;
    let templates = WeChatTemplates {
        membership: none.clone(),
        service: none.clone(),
        points: none.clone(),
        redemption: none.clone(),
        orders: none,
    };
    let settings = WeChat {
        app_id: Some("wx1".to_owned()),
        app_secret: Some("secret".into()),
        base_url,
        page: None,
        templates,
    };
    WeChatServer::of(&settings).unwrap()
}
