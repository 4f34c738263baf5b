//! All routes in one place, and the document that describes them.

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::console::Console;
use crate::contract::{FromPage, FromServer, Live};
use crate::host::Host;
use crate::routes::{
    alerts, bearings, changes, channel, clock, dashboards, debrief, entry, explore, grafana, hints,
    injects, interviewer, lines, logs, marks, notebook, operator, panels, replay, report, rubric,
    session, terminals, wiki,
};

/// What the document says beside the routes. The sockets are `GET /ws/live?ticket=&from=`, which
/// sends [`Live`] messages, and `GET /ws/terminal/{name}?ticket=&from=`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Checkride's console",
        description = "What the page asks of the server. Paths that begin with `/operator` stand at \
            the root, all others below their session's `/s/<slot>`. Sockets: `GET /ws/live?ticket=&from=` \
            sends text frames, each a `Live`. `GET /ws/terminal/{name}?ticket=&from=` carries bytes \
            in binary frames both ways, and `FromServer` and `FromPage` in text frames. What changes \
            something may bear an `Idempotency-Key`: sent again with it, it is answered as it was, and \
            carried out once. Every problem is `application/problem+json`: 401 not signed in, 403 the \
            other role's, 404, 409 wrong phase, 422 not understood, 429 too many, 502 Prometheus."
    ),
    components(schemas(Live, FromServer, FromPage))
)]
struct Document;

/// The routes of one session, and the document that describes them.
pub(crate) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(entry::enter))
        .routes(routes!(entry::ticket))
        .routes(routes!(session::me))
        .routes(routes!(session::consent))
        .routes(routes!(session::briefing))
        .routes(routes!(session::page))
        .routes(routes!(session::done))
        .routes(routes!(rubric::rubric))
        .routes(routes!(rubric::ratings))
        .routes(routes!(rubric::rate))
        .routes(routes!(bearings::facts))
        .routes(routes!(terminals::list, terminals::open))
        .routes(routes!(dashboards::list))
        .routes(routes!(dashboards::file))
        .routes(routes!(dashboards::variables))
        .routes(routes!(grafana::info))
        .routes(routes!(marks::marks))
        .routes(routes!(panels::query))
        .routes(routes!(lines::lines))
        .routes(routes!(panels::views))
        .routes(routes!(explore::query))
        .routes(routes!(explore::query_range))
        .routes(routes!(explore::series))
        .routes(routes!(explore::labels))
        .routes(routes!(explore::label_values))
        .routes(routes!(explore::metadata))
        .routes(routes!(logs::services))
        .routes(routes!(logs::read))
        .routes(routes!(changes::list))
        .routes(routes!(changes::diff))
        .routes(routes!(alerts::list))
        .routes(routes!(wiki::list))
        .routes(routes!(wiki::page))
        .routes(routes!(channel::list))
        .routes(routes!(channel::ask))
        .routes(routes!(channel::say))
        .routes(routes!(channel::speak))
        .routes(routes!(notebook::list, notebook::add))
        .routes(routes!(notebook::change))
        .routes(routes!(debrief::read, debrief::submit))
        .routes(routes!(debrief::write))
        .routes(routes!(debrief::seal))
        .routes(routes!(report::report))
        .routes(routes!(replay::recordings))
        .routes(routes!(replay::recording))
        .routes(routes!(replay::panels))
        .routes(routes!(interviewer::timeline))
        .routes(routes!(interviewer::evidence))
        .routes(routes!(interviewer::cause))
        .routes(routes!(interviewer::notes, interviewer::note))
        .routes(routes!(hints::list, hints::give))
        .routes(routes!(injects::list))
        .routes(routes!(injects::make, injects::take_back))
        .routes(routes!(clock::pause))
        .routes(routes!(clock::resume))
        .routes(routes!(interviewer::extend))
        .routes(routes!(interviewer::end))
        .routes(routes!(interviewer::new_link))
}

/// The routes of the operator, and the document that describes them.
pub(crate) fn operator_routes() -> OpenApiRouter<Host> {
    OpenApiRouter::new()
        .routes(routes!(operator::enter))
        .routes(routes!(operator::labs))
        .routes(routes!(operator::sessions, operator::start))
        .routes(routes!(operator::new_link, operator::revoke))
        .routes(routes!(operator::end))
        .routes(routes!(operator::report))
        .routes(routes!(operator::replay))
}

/// The document as it stands in `web/openapi.json`.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    let (_, mut document) = routes().split_for_parts();
    document.merge(operator_routes().split_for_parts().1);
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}
