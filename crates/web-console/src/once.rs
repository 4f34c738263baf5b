//! What changes something is carried out once, however often a browser sends it: a page gives each such request a key
//! of its own, and what was answered to a key is answered to it again (`Idempotency-Key`,
//! draft-ietf-httpapi-idempotency-key-header-06). Browsers call requests off when the machine's networks change, which
//! each replica that is rolled does to them. Knows nothing of what is asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use crate::problem::Problem;

pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key that counts, in bytes; a UUID has 36.
const LONGEST: usize = 64;
/// How many answers are kept of one role. A page gives up after five seconds, and does not ask as much in them.
const MOST: usize = 64;
/// The largest answer that is kept, in bytes. Larger ones are those of questions, which may be asked twice.
const LARGEST: usize = 64 << 10;

/// The newest answers to one role, those that are under way among them.
#[derive(Clone, Default)]
pub(crate) struct Once(Arc<Mutex<VecDeque<(String, Answer)>>>);

/// One that comes, whoever waits for it.
type Answer = Shared<BoxFuture<'static, Kept>>;

/// All of an answer.
#[derive(Clone)]
struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

// === impl Once ===

impl Once {
    /// Carries out the request of this [`key_of`], or gives what was answered when it was. What has begun is carried
    /// out to its end, also when nobody waits for it any longer. A body is read up to `body` bytes.
    pub(crate) async fn carry_out(
        &self,
        key: String,
        request: Request,
        body: usize,
        next: Next,
    ) -> Response {
        // One that broke off on its way has not been asked for.
        let request = match whole(request, body).await {
            Ok(request) => request,
            Err(problem) => return problem.into_response(),
        };
        let answer = self.answer(&key, request, next).await;
        (answer.status, answer.headers, answer.body).into_response()
    }

    fn answer(&self, key: &str, request: Request, next: Next) -> Answer {
        let mut answers = self.answers();
        if let Some((_, answer)) = answers.iter().find(|(known, _)| known == key) {
            return answer.clone();
        }
        let (once, of) = (self.clone(), key.to_owned());
        let work = tokio::spawn(async move {
            let kept = Kept::of(next.run(request).await).await;
            // Here, since whoever asked may have gone.
            if kept.body.len() > LARGEST {
                once.answers().retain(|(known, _)| *known != of);
            }
            kept
        });
        // It is cut short only where the program ends.
        let answer = work.map(|done| done.unwrap_or_else(|_| Kept::none())).boxed().shared();
        answers.push_back((key.to_owned(), answer.clone()));
        if answers.len() > MOST {
            answers.pop_front();
        }
        answer
    }

    fn answers(&self) -> MutexGuard<'_, VecDeque<(String, Answer)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Kept ===

impl Kept {
    async fn of(response: Response) -> Kept {
        let (parts, body) = response.into_parts();
        match to_bytes(body, usize::MAX).await {
            Ok(body) => Kept { status: parts.status, headers: parts.headers, body },
            Err(_) => Kept::none(),
        }
    }

    /// It was begun, and nobody knows how it ended.
    fn none() -> Kept {
        let (status, headers) = (StatusCode::INTERNAL_SERVER_ERROR, HeaderMap::new());
        Kept { status, headers, body: Bytes::new() }
    }
}

/// What a request is known by, if it may be sent twice. Most bear no key, and of those nothing more is asked.
pub(crate) fn key_of(request: &Request) -> Option<String> {
    let given = request.headers().get(KEY)?.to_str().ok()?;
    let fits = !given.is_empty() && given.len() <= LONGEST && !request.method().is_safe();
    fits.then(|| format!("{} {} {given}", request.method(), request.uri()))
}

/// The request with all of its body.
async fn whole(request: Request, most: usize) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let broken = |_| {
        let detail = format!("it broke off, or is longer than {most} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "not read to its end", detail)
    };
    let body = to_bytes(body, most).await.map_err(broken)?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::extract::State;
    use axum::http::Method;
    use axum::middleware::from_fn_with_state;
    use axum::routing::any;
    use futures::stream;
    use tokio::sync::Semaphore;
    use tower::ServiceExt;

    use super::*;

    /// Counts what it is asked, and answers when it may: what it was sent, and how often it had been asked.
    struct Counter {
        once: Once,
        asked: AtomicUsize,
        may_answer: Semaphore,
    }

    impl Counter {
        fn new() -> Arc<Counter> {
            let (once, asked) = (Once::default(), AtomicUsize::new(0));
            Arc::new(Counter { once, asked, may_answer: Semaphore::new(1000) })
        }

        async fn send(self: &Arc<Counter>, request: Request) -> (StatusCode, String) {
            let count = async |State(counter): State<Arc<Counter>>, sent: String| {
                let asked = counter.asked.fetch_add(1, Ordering::Relaxed) + 1;
                counter.may_answer.acquire().await.unwrap().forget();
                format!("{sent} {asked}")
            };
            let layer =
                async |State(counter): State<Arc<Counter>>, request: Request, next: Next| {
                    match key_of(&request) {
                        Some(key) => counter.once.carry_out(key, request, 1 << 20, next).await,
                        None => next.run(request).await,
                    }
                };
            let router = Router::new()
                .fallback(any(count))
                .layer(from_fn_with_state(Arc::clone(self), layer))
                .with_state(Arc::clone(self));
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        }

        async fn post(self: &Arc<Counter>, path: &str, key: &str) -> String {
            self.send(request(Method::POST, path, key, Body::from("x"))).await.1
        }
    }

    fn request(method: Method, path: &str, key: &str, body: Body) -> Request {
        Request::builder().method(method).uri(path).header(KEY, key).body(body).unwrap()
    }

    #[tokio::test]
    async fn what_is_sent_again_is_answered_as_it_was() {
        let counter = Counter::new();
        assert_eq!(counter.post("/say", "a").await, "x 1");
        assert_eq!(counter.post("/say", "a").await, "x 1");
        assert_eq!(counter.post("/say", "b").await, "x 2", "another one");
        assert_eq!(counter.post("/ask", "a").await, "x 3", "of something else");
        assert_eq!(counter.post("/say", "a").await, "x 1");
    }

    #[tokio::test]
    async fn what_bears_no_key_or_changes_nothing_is_carried_out_each_time() {
        let counter = Counter::new();
        for count in 1..=2 {
            assert_eq!(counter.post("/say", "").await, format!("x {count}"));
        }
        let long = "k".repeat(LONGEST + 1);
        for count in 3..=4 {
            assert_eq!(counter.post("/say", &long).await, format!("x {count}"));
        }
        for count in 5..=6 {
            let read = request(Method::GET, "/say", "a", Body::empty());
            assert_eq!(counter.send(read).await.1, format!(" {count}"));
        }
    }

    #[tokio::test]
    async fn what_was_begun_is_carried_out_though_its_sender_hung_up() {
        let counter = Counter::new();
        counter.may_answer.forget_permits(1000);
        let (sent, caller) = (Arc::clone(&counter), Arc::clone(&counter));
        let hung_up = tokio::spawn(async move { sent.post("/say", "a").await });
        while counter.asked.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        hung_up.abort();
        assert!(hung_up.await.unwrap_err().is_cancelled());
        let again = tokio::spawn(async move { caller.post("/say", "a").await });
        counter.may_answer.add_permits(1);
        assert_eq!(again.await.unwrap(), "x 1");
    }

    #[tokio::test]
    async fn what_broke_off_on_its_way_was_not_asked() {
        let counter = Counter::new();
        let parts = stream::iter([Ok("x"), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
        let cut = request(Method::POST, "/say", "a", Body::from_stream(parts));
        assert_eq!(counter.send(cut).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(counter.post("/say", "a").await, "x 1");
    }

    #[tokio::test]
    async fn the_oldest_answers_and_the_largest_are_not_kept() {
        let counter = Counter::new();
        for number in 0..=MOST {
            counter.post("/say", &number.to_string()).await;
        }
        assert_eq!(counter.once.answers().len(), MOST);
        assert_eq!(counter.post("/say", "1").await, "x 2", "it is the oldest that is kept");
        assert_eq!(counter.post("/say", "0").await, format!("x {}", MOST + 2));
        for _ in 0..2 {
            let body = Body::from("x".repeat(LARGEST));
            counter.send(request(Method::POST, "/say", "large", body)).await;
        }
        assert_eq!(counter.asked.load(Ordering::Relaxed), MOST + 4);
    }
}
