//! The page itself, embedded when it was built, else a page that says how to build it.

use axum::body::Body;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, PreEscaped};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// Shown where the program was built without its page.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Checkride</title><p>This program was built without its page. Run <code>make build</code> \
    and start it again.</p></html>";

/// A file of the page, and the page itself at the root: its files are named from there.
pub(crate) async fn serve(uri: Uri) -> Response {
    serve_now(&uri)
}

/// As [`serve`].
pub(crate) fn serve_now(uri: &Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Files::get(path).filter(|_| !path.is_empty()) {
        let forever = path.starts_with("assets/");
        let mut response = Response::new(Body::from(file.data));
        let headers = response.headers_mut();
        let kind = file.metadata.mimetype();
        headers.insert(header::CONTENT_TYPE, value(kind, "application/octet-stream"));
        if forever {
            // Their names hold a hash of their content.
            let control = "public, max-age=31536000, immutable";
            headers.insert(header::CACHE_CONTROL, value(control, "no-store"));
        }
        return response;
    }
    if !path.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let page = Files::get("index.html").map_or(NOT_BUILT.as_bytes().into(), |file| file.data);
    html(StatusCode::OK, page.into_owned())
}

/// How a page of text looks.
const PLAIN: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;\
    padding:0 1.5rem;color-scheme:light dark}";

/// A page of text: a heading and a sentence.
pub(crate) fn says(status: StatusCode, title: &str, sentence: &str) -> Response {
    let page = maud::html! {
        (DOCTYPE)
        html lang="en" {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width";
            title { (title) " · Checkride" }
            style { (PreEscaped(PLAIN)) }
            main { h1 { (title) } p { (sentence) } }
        }
    };
    html(status, page.into_string().into_bytes())
}

fn html(status: StatusCode, page: Vec<u8>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, page).into_response()
}

fn value(text: &str, otherwise: &'static str) -> header::HeaderValue {
    text.parse().unwrap_or(header::HeaderValue::from_static(otherwise))
}
