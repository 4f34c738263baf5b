//! A console that is served, and those who come to it: what the tests of the routes stand on.

use std::path::Path;

use lab::load::{self, Disk};

use super::*;

/// A console that is served, with the record of a session and without its system.
pub(super) struct Ground {
    pub(super) served: Host,
    pub(super) console: Console,
    pub(super) links: Links,
    pub(super) host: String,
    pub(super) recorder: Recorder,
    pub(super) stop: CancellationToken,
    pub(super) home: (TempDir, Held),
}

/// Opens one more console.
pub(super) fn open(served: &Host, alone: bool) -> Opened {
    served.open(some_interview(alone), CancellationToken::new()).unwrap()
}

/// `alone`: of somebody who practises by themselves.
pub(super) fn some_interview(alone: bool) -> Interview {
    Interview {
        lab: Arc::new(fixture::lab()),
        cause: fixture::cause(),
        rubric: rubric(),
        candidate: "Ada".to_owned(),
        minutes: 45,
        alone,
    }
}

pub(super) fn rubric() -> lab::rubric::Rubric {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/rubric.yaml");
    load::rubric(&file, &Disk).unwrap()
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: header::HeaderMap,
    pub(super) text: String,
}

impl Ground {
    pub(super) async fn new() -> Ground {
        Ground::of(false).await
    }

    pub(super) async fn of(alone: bool) -> Ground {
        let bound = serve::bind("127.0.0.1:0", 2, None).await.unwrap();
        let served = bound.host();
        let Opened { console, links, .. } = open(&served, alone);
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let held = home.create(jiff::Timestamp::now()).unwrap();
        let recorder = Recorder::begin(&held.folder, "payments", &home.key().unwrap()).unwrap();
        console.begin(&held.folder, &recorder);
        let stop = CancellationToken::new();
        tokio::spawn(bound.serve(stop.clone()));
        let host = served.origin().trim_start_matches("http://").to_owned();
        Ground { served, console, links, host, recorder, stop, home: (folder, held) }
    }

    pub(super) fn home(&self) -> Home {
        Home::open(self.home.0.path()).unwrap()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = app(self.served.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// A request as the page sends it, by its path inside of the session's.
    pub(super) fn request(
        &self,
        method: &str,
        path: &str,
        cookie: Option<&str>,
        body: &str,
    ) -> Request<Body> {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.inside()))
            .header(header::HOST, &self.host)
            .header(header::ORIGIN, format!("http://{}", self.host))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }

    /// The path of the session, without a slash at its end.
    pub(super) fn inside(&self) -> String {
        self.console.address().page().trim_end_matches('/').to_owned()
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        cookie: Option<&str>,
        body: &str,
    ) -> Answer {
        self.send(self.request(method, path, cookie, body)).await
    }

    /// Comes in by a link; gives the cookie.
    pub(super) async fn enter(&self, link: &str) -> String {
        let path = link.strip_prefix(&self.console.address().base()).unwrap();
        let answer = self.ask("get", path, None, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        for word in ["HttpOnly", "SameSite=Strict", &format!("Path={}/", self.inside())] {
            assert!(cookie.contains(word), "{cookie}");
        }
        cookie.split(';').next().unwrap().to_owned()
    }

    pub(super) async fn both(&self) -> (String, String) {
        (self.enter(&self.links.candidate).await, self.enter(&self.links.interviewer).await)
    }

    pub(super) async fn ticket(&self, cookie: &str) -> String {
        let answer = self.ask("post", "/api/ticket", Some(cookie), "").await;
        let ticket: Value = serde_json::from_str(&answer.text).unwrap();
        ticket["ticket"].as_str().unwrap().to_owned()
    }

    /// Opens a socket; `Err` with the status when it is refused.
    pub(super) async fn socket(&self, path: &str, origin: &str) -> Result<Socket, u16> {
        let mut request =
            format!("ws://{}{}{path}", self.host, self.inside()).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{path}: {error}"),
        }
    }

    pub(super) async fn live(&self, cookie: &str) -> Socket {
        let ticket = self.ticket(cookie).await;
        let origin = format!("http://{}", self.host);
        self.socket(&format!("/ws/live?ticket={ticket}"), &origin).await.unwrap()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(super) struct Socket(
    pub(super)  tokio_tungstenite::WebSocketStream<
        tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>,
    >,
);

impl Socket {
    /// The next message of which `pick` makes something.
    pub(super) async fn until<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&Value) -> Option<T>,
    ) -> T {
        let read = async {
            while let Some(Ok(message)) = self.0.next().await {
                if let Message::Text(text) = message
                    && let Some(found) = pick(&serde_json::from_str(&text).unwrap())
                {
                    return found;
                }
            }
            panic!("the socket ended before {what}")
        };
        let within = tokio::time::timeout(Duration::from_secs(10), read).await;
        within.unwrap_or_else(|_| panic!("waited in vain until {what}"))
    }

    /// Waits until the other side has closed it.
    pub(super) async fn closed(&mut self) {
        let read = async { while let Some(Ok(_)) = self.0.next().await {} };
        tokio::time::timeout(Duration::from_secs(10), read).await.unwrap();
    }
}
