//! A stand-in for WeChat's server.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use serde_json::{Value, json};

/// A server that knows everybody, gives one access token, and takes every message unless told otherwise. It has threads of its own: a test
/// may wait for a command that asks it.
#[derive(Debug, Clone)]
pub struct WeChat {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What it was asked to send, by person.
    messages: BTreeMap<String, Vec<Value>>,
    /// What it answers to messages in place of taking them.
    refusal: Option<i64>,
}

impl WeChat {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let wechat = Self { url, state: Arc::default() };
        let serving = wechat.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                thread::spawn(move || serving.serve(stream));
            }
        });
        wechat
    }

    /// Settings that lead a server here, with a template for every topic.
    pub fn settings(&self) -> Vec<(&str, &str)> {
        vec![
            ("SHIJIAN_WECHAT_APP_ID", "wx1"),
            ("SHIJIAN_WECHAT_APP_SECRET", "secret"),
            ("SHIJIAN_WECHAT_BASE_URL", &self.url),
            ("SHIJIAN_WECHAT_PAGE", "pages/inbox/index"),
            ("SHIJIAN_WECHAT_TEMPLATES_MEMBERSHIP", "membership-template"),
            ("SHIJIAN_WECHAT_TEMPLATES_SERVICE", "service-template:thing4:time7"),
        ]
    }

    /// What it was asked to send to a person, whether it took it or not.
    pub fn messages_to(&self, person: &str) -> Vec<Value> {
        self.with(|state| state.messages.get(person).cloned().unwrap_or_default())
    }

    /// Refuses every message from now on with this code; takes them again without one.
    pub fn refuse(&self, code: Option<i64>) {
        self.with(|state| state.refusal = code);
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers one connection's requests until it ends.
    fn serve(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some((path, body)) = request(&mut stream) {
            let answer = self.answer(&path, &body).to_string();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answer.len());
            if stream.get_mut().write_all((head + &answer).as_bytes()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, path: &str, body: &Value) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path {
            "/sns/jscode2session" => {
                // The code names the person.
                let code = query.split('&').find_map(|part| part.strip_prefix("js_code="));
                json!({"openid": code, "session_key": "never kept"})
            }
            "/cgi-bin/stable_token" => json!({"access_token": "A1", "expires_in": 7200}),
            "/cgi-bin/message/subscribe/send" if query == "access_token=A1" => {
                let person = body["touser"].as_str().unwrap_or_default().to_owned();
                self.with(|state| {
                    state.messages.entry(person).or_default().push(body.clone());
                    json!({"errcode": state.refusal.unwrap_or(0), "errmsg": ""})
                })
            }
            _ => json!({"errcode": 40001, "errmsg": "invalid credential"}),
        }
    }
}

/// The path and the body of the next request; `None` at the end of the connection.
fn request(stream: &mut BufReader<TcpStream>) -> Option<(String, Value)> {
    let mut lines = stream.by_ref().lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let line = lines.next()?.ok()?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(announced) = line.strip_prefix("content-length:") {
            length = announced.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((path, serde_json::from_slice(&body).unwrap_or_default()))
}
