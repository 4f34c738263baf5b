//! Two sessions behind one port: a key of one is nothing in the other. What a route does in one
//! session is tested beside this.

use super::*;

/// Two sessions of one host; the second has no record yet.
async fn two() -> (Ground, Opened) {
    let ground = Ground::new().await;
    let other = open(&ground.served, false);
    (ground, other)
}

/// A request to a whole path of the host, as a page sends it.
async fn ask_at(ground: &Ground, method: &str, path: &str, cookie: Option<&str>) -> Answer {
    let mut request = ground.request(method, "", cookie, "{}");
    *request.uri_mut() = path.parse().unwrap();
    ground.send(request).await
}

/// The path of a link.
fn path_of(ground: &Ground, link: &str) -> String {
    link.strip_prefix(ground.served.origin()).unwrap().to_owned()
}

#[tokio::test]
async fn a_key_of_one_session_is_nothing_in_the_other() {
    let (ground, other) = two().await;
    let (candidate, interviewer) = ground.both().await;
    let elsewhere = other.console.address().page();
    for (role, method, path) in ALLOWED.iter().filter(|(role, ..)| *role != "nobody") {
        let path = path.replace("{id}", "1").replace(['{', '}'], "");
        let path = format!("{}{path}", elsewhere.trim_end_matches('/'));
        for cookie in [&candidate, &interviewer] {
            let secret = cookie.split_once('=').unwrap().1;
            let renamed = format!("{}={secret}", other.console.address().cookie_name());
            for cookie in [cookie.as_str(), &renamed] {
                let status = ask_at(&ground, method, &path, Some(cookie)).await.status;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{role} {method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_link_and_a_ticket_work_in_their_own_session_alone() {
    let (ground, other) = two().await;
    let own = path_of(&ground, &ground.links.candidate);
    let secret = own.rsplit('/').next().unwrap();
    let misplaced = format!("{}enter/{secret}", other.console.address().page());
    assert_eq!(ask_at(&ground, "get", &misplaced, None).await.status, StatusCode::GONE);
    let candidate = ground.enter(&ground.links.candidate).await;
    let ticket = ground.ticket(&candidate).await;
    let origin = format!("http://{}", ground.host);
    let there = format!("{}ws/live?ticket={ticket}", other.console.address().page());
    let mut request = format!("ws://{}{there}", ground.host).into_client_request().unwrap();
    request.headers_mut().insert("origin", origin.parse().unwrap());
    let refused = tokio_tungstenite::connect_async(request).await;
    assert!(matches!(refused, Err(tungstenite::Error::Http(answer)) if answer.status() == 401));
    assert!(ground.socket(&format!("/ws/live?ticket={ticket}"), &origin).await.is_ok());
}

#[tokio::test]
async fn one_browser_can_be_in_both_at_once() {
    let (ground, other) = two().await;
    let here = ground.enter(&ground.links.interviewer).await;
    let answer = ask_at(&ground, "get", &path_of(&ground, &other.links.candidate), None).await;
    let there = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
    assert_eq!(answer.headers[header::LOCATION], other.console.address().page().as_str());
    let all = format!("{here}; {there}");
    for (console, role) in [(&ground.console, "interviewer"), (&other.console, "candidate")] {
        let path = format!("{}api/me", console.address().page());
        let me: Value =
            serde_json::from_str(&ask_at(&ground, "get", &path, Some(&all)).await.text).unwrap();
        assert_eq!(me["role"], role);
    }
}

#[tokio::test]
async fn what_is_in_no_session_is_not_there_and_says_so() {
    let ground = Ground::new().await;
    let inside = ground.inside();
    for path in [
        "/",
        "/api/me",
        "/s/0000000000000000/api/me",
        "/s//api/me",
        &format!("{inside}x/api/me"),
        &format!("/x/..{inside}/api/me"),
        &format!("{}/api/me", inside.replace("/s/", "/s%2f")),
        "/operator/",
        "/operator/api/sessions",
    ] {
        let answer = ask_at(&ground, "get", path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text.contains("Open the link"), "{path}: {}", answer.text);
    }
    let bare = ask_at(&ground, "get", &inside, None).await;
    assert_eq!(bare.headers[header::LOCATION], format!("{inside}/").as_str());
}

#[tokio::test]
async fn no_path_leads_out_of_a_session_or_into_files() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    for path in [
        "/../../etc/passwd",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "//api/me",
        "/api//me",
        "/API/me",
        "/api/me/",
        "/api%2fme",
        "/enter/",
    ] {
        let answer = ground.ask("get", path, Some(&candidate), "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn other_sites_are_kept_from_the_paths_of_a_session() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    let mut request = ground.request("get", "/api/me", Some(&candidate), "");
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(ground.send(request).await.status, StatusCode::FORBIDDEN);
    let mut request = ground.request("get", "/", None, "");
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_ne!(ground.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_a_role_sent_once_is_nothing_to_the_other() {
    let ground = Ground::new().await;
    let (candidate, interviewer) = ground.both().await;
    let sent = async |cookie: Option<&str>| {
        let mut request = ground.request("post", "/api/ticket", cookie, "");
        request.headers_mut().insert("idempotency-key", "drawn".parse().unwrap());
        let answer = ground.send(request).await;
        (answer.status, answer.text)
    };
    let first = sent(Some(&candidate)).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(sent(Some(&candidate)).await, first, "it is the ticket that was given");
    let others = sent(Some(&interviewer)).await;
    assert!(others.0 == StatusCode::OK && others != first, "{others:?}");
    assert_eq!(sent(None).await.0, StatusCode::UNAUTHORIZED);
    ground.console.sign_out(web_console::words::Role::Candidate);
    let kept = sent(Some(&candidate)).await.0;
    assert_eq!(kept, StatusCode::UNAUTHORIZED, "what was answered before is not told either");
}
