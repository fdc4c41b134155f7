//! A transport that plays a script, for tests.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::*;

/// A request that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::caldav) struct Made {
    pub(in crate::caldav) line: String,
    pub(in crate::caldav) depth: Option<String>,
    pub(in crate::caldav) body: String,
    pub(in crate::caldav) credentials: bool,
    /// `if-match` or `if-none-match`, as sent.
    pub(in crate::caldav) condition: Option<String>,
    pub(in crate::caldav) schedule_reply: Option<String>,
}

/// What one request line gets, in turn.
type Answers = VecDeque<Result<http::Response<Bytes>>>;

/// Answers requests by `METHOD url`: each answer once, the last one again and again; 404 for what is not in the script.
pub(in crate::caldav) struct Script {
    trusted: String,
    answers: Mutex<Vec<(String, Answers)>>,
    made: Mutex<Vec<Made>>,
}

impl Script {
    pub(in crate::caldav) fn new(trusted: &str) -> Self {
        Self {
            trusted: trusted.to_owned(),
            answers: Mutex::default(),
            made: Mutex::default(),
        }
    }

    fn push(self, line: &str, answer: Result<http::Response<Bytes>>) -> Self {
        {
            let mut answers = self.answers.lock().unwrap();
            match answers.iter_mut().find(|(known, _)| known == line) {
                Some((_, queue)) => queue.push_back(answer),
                None => answers.push((line.to_owned(), VecDeque::from([answer]))),
            }
        }
        self
    }

    pub(in crate::caldav) fn on(self, line: &str, status: u16, body: &str) -> Self {
        let answer = http::Response::builder()
            .status(status)
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        self.push(line, Ok(answer))
    }

    pub(in crate::caldav) fn header(self, line: &str, status: u16, header: (&str, &str)) -> Self {
        let answer = http::Response::builder()
            .status(status)
            .header(header.0, header.1)
            .body(Bytes::new())
            .unwrap();
        self.push(line, Ok(answer))
    }

    pub(in crate::caldav) fn push_ok(self, line: &str, header: (&str, &str), body: &str) -> Self {
        let answer = http::Response::builder()
            .status(200)
            .header(header.0, header.1)
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        self.push(line, Ok(answer))
    }

    pub(in crate::caldav) fn redirect(self, line: &str, status: u16, to: &str) -> Self {
        self.header(line, status, ("location", to))
    }

    pub(in crate::caldav) fn fails(self, line: &str, error: Error) -> Self {
        self.push(line, Err(error))
    }

    pub(in crate::caldav) fn made(&self) -> Vec<Made> {
        self.made.lock().unwrap().clone()
    }

    pub(in crate::caldav) fn lines(&self) -> Vec<String> {
        self.made().into_iter().map(|made| made.line).collect()
    }
}

#[async_trait]
impl Transport for Script {
    fn trusted(&self) -> Option<Url> {
        Url::parse(&self.trusted).ok()
    }

    fn now(&self) -> Timestamp {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }

    async fn send(
        &self,
        request: Request<Bytes>,
        with_credentials: bool,
    ) -> Result<http::Response<Bytes>> {
        let line = format!("{} {}", request.method(), request.uri());
        self.made.lock().unwrap().push(Made {
            line: line.clone(),
            depth: request
                .headers()
                .get("depth")
                .map(|depth| depth.to_str().unwrap().to_owned()),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
            credentials: with_credentials,
            condition: ["if-match", "if-none-match"].iter().find_map(|name| {
                let value = request.headers().get(*name)?.to_str().unwrap();
                Some(format!("{name}: {value}"))
            }),
            schedule_reply: request
                .headers()
                .get("schedule-reply")
                .map(|value| value.to_str().unwrap().to_owned()),
        });
        let mut answers = self.answers.lock().unwrap();
        let Some((_, queue)) = answers.iter_mut().find(|(known, _)| *known == line) else {
            return Ok(http::Response::builder()
                .status(404)
                .body(Bytes::new())
                .unwrap());
        };
        if queue.len() > 1 {
            return queue.pop_front().unwrap();
        }
        queue.front().cloned().unwrap()
    }
}
