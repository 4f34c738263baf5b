//! The paths of a Grafana, as strangers, roles and other sites meet them. None runs here: what passes is
//! tested in `gate`, and a whole one with the lab.

use super::*;

/// Paths of each kind: pages, files, dashboards, queries, Prometheus' own API, sockets, changes.
const PATHS: [(&str, &str); 9] = [
    ("get", "/grafana/"),
    ("get", "/grafana/d/pool/connection-pool"),
    ("get", "/grafana/public/build/app.js"),
    ("get", "/grafana/api/dashboards/uid/pool"),
    ("post", "/grafana/api/ds/query"),
    ("get", "/grafana/api/datasources/proxy/uid/prometheus/api/v1/query?query=up"),
    ("get", "/grafana/api/live/ws"),
    ("post", "/grafana/api/dashboards/db"),
    ("delete", "/grafana/api/dashboards/uid/pool"),
];

#[tokio::test]
async fn what_lies_below_grafana_is_the_candidates_alone_and_waits_for_the_page() {
    let ground = Ground::new().await;
    let (candidate, interviewer) = ground.both().await;
    for (method, path) in PATHS {
        let status = async |cookie| ground.ask(method, path, cookie, "{}").await.status.as_u16();
        assert_eq!(status(None).await, 401, "{method} {path}");
        let forged = format!("{}=00", ground.console.address().cookie_name());
        assert_eq!(status(Some(forged.as_str())).await, 401, "{method} {path}");
        assert_eq!(status(Some(interviewer.as_str())).await, 403, "{method} {path}");
        assert_eq!(status(Some(candidate.as_str())).await, 409, "{method} {path}");
    }
}

#[tokio::test]
async fn another_site_reaches_nothing_below_grafana() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    for (method, path) in PATHS {
        for (name, value) in [
            ("host", "evil.example"),
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            if name == "origin" && method == "get" {
                continue; // A browser sends none with it.
            }
            let mut request = ground.request(method, path, Some(&candidate), "{}");
            request.headers_mut().insert(name, value.parse().unwrap());
            let status = ground.send(request).await.status;
            assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} {name}: {value}");
        }
    }
}

#[tokio::test]
async fn its_address_ends_with_a_slash_and_a_stranger_is_not_told() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    let answer = ground.ask("get", "/grafana", Some(&candidate), "").await;
    assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT);
    let wanted = format!("{}/grafana/", ground.inside());
    assert_eq!(answer.headers[header::LOCATION], wanted.as_str());
    assert_eq!(ground.ask("get", "/grafana", None, "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_flood_is_slowed_down() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    let mut statuses = BTreeSet::new();
    for _ in 0..3000 {
        let path = "/grafana/api/health";
        statuses.insert(ground.ask("get", path, Some(&candidate), "").await.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}
