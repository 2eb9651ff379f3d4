//! Receivers for tests: a mail server that speaks SMTP and a gateway that speaks HTTP, as small as they can be.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What came in, in the order it came.
#[derive(Debug, Clone, Default)]
pub struct Received(Arc<Mutex<Vec<Taken>>>);

/// One message or request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The `Message-ID` or `Idempotency-Key`.
    pub id: String,
    /// The request line; the mailbox for mail.
    pub to: String,
    pub head: String,
    pub body: String,
}

impl Received {
    pub fn all(&self) -> Vec<Taken> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// How often each id came.
    pub fn times(&self) -> HashMap<String, usize> {
        self.all().into_iter().fold(HashMap::new(), |mut times, taken| {
            *times.entry(taken.id).or_default() += 1;
            times
        })
    }

    fn push(&self, taken: Taken) {
        self.0.lock().unwrap().push(taken);
    }
}

/// What a gateway answers to a request, and after how long.
pub type Answers = Arc<dyn Fn(&Taken) -> (u16, &'static str, Duration) + Send + Sync>;

pub fn always(status: u16, body: &'static str) -> Answers {
    Arc::new(move |_| (status, body, Duration::ZERO))
}

/// A gateway on this machine; gives its address (`http://127.0.0.1:…`).
pub async fn gateway(answers: Answers) -> (String, Received) {
    gateway_at("127.0.0.1:0", answers).await
}

pub async fn gateway_at(address: &str, answers: Answers) -> (String, Received) {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let received = Received::default();
    let kept = received.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_http(stream, answers.clone(), kept.clone()));
        }
    });
    (address, received)
}

async fn serve_http(stream: TcpStream, answers: Answers, received: Received) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let head = lines_until_empty(&mut stream).await?;
        let field = |name: &str| {
            let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
            line.map_or(String::new(), |line| line[name.len() + 1..].trim().to_owned())
        };
        let mut body = vec![0; field("content-length").parse().unwrap_or(0)];
        stream.read_exact(&mut body).await.ok()?;
        let taken = Taken {
            id: field("idempotency-key"),
            to: head.lines().next().unwrap_or_default().to_owned(),
            head: head.clone(),
            body: String::from_utf8(body).ok()?,
        };
        let (status, reply, after) = answers(&taken);
        received.push(taken);
        tokio::time::sleep(after).await;
        // The text of a redirection is where it leads.
        let is_elsewhere = (300..400).contains(&status);
        let location = if is_elsewhere { format!("location: {reply}\r\n") } else { String::new() };
        let reply = format!("HTTP/1.1 {status} -\r\n{location}content-length: {}\r\n\r\n{reply}", reply.len());
        stream.get_mut().write_all(reply.as_bytes()).await.ok()?;
    }
}

async fn lines_until_empty(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            return Some(head);
        }
        head.push_str(&line);
    }
}

/// What a mail server says to a mailbox: `250 ok`.
pub type Mailboxes = fn(&str) -> &'static str;

/// A mail server on this machine; gives its port.
pub async fn mail_server(mailboxes: Mailboxes) -> (u16, Received) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Received::default();
    let kept = received.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_smtp(stream, mailboxes, kept.clone()));
        }
    });
    (port, received)
}

async fn serve_smtp(stream: TcpStream, mailboxes: Mailboxes, received: Received) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    say(&mut stream, "220 sink").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let command = line.trim().to_ascii_uppercase();
        let reply = if command.starts_with("EHLO") {
            "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8"
        } else if command.starts_with("RCPT") {
            to = line.split(['<', '>']).nth(1)?.to_owned();
            mailboxes(&to)
        } else if command == "DATA" {
            say(&mut stream, "354 go on").await?;
            received.push(letter(&mut stream, &to).await?);
            "250 taken"
        } else if command == "QUIT" {
            say(&mut stream, "221 bye").await?;
            return Some(());
        } else {
            "250 ok"
        };
        say(&mut stream, reply).await?;
    }
}

async fn letter(stream: &mut BufReader<TcpStream>, to: &str) -> Option<Taken> {
    let mut text = String::new();
    while !text.ends_with("\r\n.\r\n") {
        stream.read_line(&mut text).await.ok()?;
    }
    let (head, body) = text.split_once("\r\n\r\n")?;
    let id = head.lines().find_map(|line| line.strip_prefix("Message-ID: "))?;
    Some(Taken { id: id.to_owned(), to: to.to_owned(), head: head.to_owned(), body: body.to_owned() })
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
}
