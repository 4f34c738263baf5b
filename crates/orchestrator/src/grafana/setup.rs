//! How a Grafana is set up: its container, its settings, and the files that it is provisioned with.
//! Pure.
//!
//! The settings are those of Grafana 11 to 13 (`conf/defaults.ini`), given as `GF_<section>_<key>`; the
//! user, the folders and the start are those of its image (`packaging/docker/run.sh`).

use std::collections::BTreeMap;
use std::time::Duration;

use lab::compose::{Image, Service};
use lab::lab::Lab;
use serde_json::json;

use crate::prometheus::{PASS_HEADER, Pass};

/// Its name in the system's network.
pub const NAME: &str = "grafana";
/// Where it listens.
pub(super) const PORT: u16 = 3000;
/// What its provisioning and its dashboards are put into: a volume, since its root is read-only.
pub(super) const FOLDER: &str = "/srv/grafana";
/// The user of its image.
const USER: &str = "472:0";
/// What it may use: bytes, cores, processes.
const LIMITS: (u64, f64, i64) = (768 << 20, 1.0, 128);
/// What may run in its pages: only what Grafana itself put there. It fills the number in, and the
/// console writes the policy anew around it.
const POLICY: &str = "script-src 'self' 'unsafe-eval' 'strict-dynamic' $NONCE; object-src 'none'";

/// Path below [`FOLDER`] to content.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Which Grafana a session has, and where browsers find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// On the engine already.
    pub image: String,
    /// Scheme, name, port and path, such as `http://127.0.0.1:8080/s/4f1e/grafana`; without a slash at
    /// its end.
    pub address: String,
}

// === impl Wanted ===

impl Wanted {
    /// Name and port.
    pub(super) fn host(&self) -> &str {
        self.parts().0
    }

    /// The path, with a slash at its beginning and none at its end.
    pub(super) fn path(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        let rest = self.address.split_once("://").map_or(self.address.as_str(), |(_, rest)| rest);
        rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash))
    }
}

/// Its container: as closed as any of the system's.
pub(super) fn service(wanted: &Wanted, key: &str) -> Service {
    let (memory, cpus, pids) = LIMITS;
    let writable = [
        // Its database, of one user and no history.
        ("/var/lib/grafana", "size=128m,uid=472,gid=0,mode=755"),
        ("/tmp", "size=32m,mode=1777"),
    ];
    Service {
        image: Image::Named(wanted.image.clone()),
        command: None,
        environment: settings(wanted, key),
        replicas: None,
        user: Some(USER.to_owned()),
        memory: Some(memory),
        cpus: Some(cpus),
        pids: Some(pids),
        read_only: true,
        tmpfs: writable.map(|(path, options)| (path.to_owned(), options.to_owned())).into(),
        volumes: vec![FOLDER.to_owned()],
        capabilities: Vec::new(),
        shm: None,
        grace: Duration::from_secs(1),
        stdin_open: false,
    }
}

fn settings(wanted: &Wanted, key: &str) -> BTreeMap<String, String> {
    let (address, port) = (format!("{}/", wanted.address), PORT.to_string());
    let provisioning = format!("{FOLDER}/provisioning");
    let set = [
        ("PATHS_PROVISIONING", provisioning.as_str()),
        ("SERVER_HTTP_PORT", port.as_str()),
        ("SERVER_ROOT_URL", address.as_str()),
        ("SERVER_SERVE_FROM_SUB_PATH", "true"),
        // What is recorded of an answer is read from it.
        ("SERVER_ENABLE_GZIP", "false"),
        // Everybody who comes through the console is the same viewer, and nobody else comes in: an
        // anonymous one would be a door that nobody records, at a port that the person reaches.
        ("AUTH_ANONYMOUS_ENABLED", "false"),
        ("AUTH_BASIC_ENABLED", "false"),
        ("AUTH_DISABLE_LOGIN_FORM", "true"),
        ("AUTH_DISABLE_SIGNOUT_MENU", "true"),
        ("AUTH_PROXY_ENABLED", "true"),
        ("AUTH_PROXY_HEADER_NAME", key),
        ("AUTH_PROXY_HEADER_PROPERTY", "username"),
        ("AUTH_PROXY_AUTO_SIGN_UP", "true"),
        ("AUTH_PROXY_ENABLE_LOGIN_TOKEN", "false"),
        ("USERS_ALLOW_SIGN_UP", "false"),
        ("USERS_AUTO_ASSIGN_ORG_ROLE", "Viewer"),
        // Explore, and no right to save anything.
        ("USERS_VIEWERS_CAN_EDIT", "true"),
        ("SECURITY_DISABLE_INITIAL_ADMIN_CREATION", "true"),
        ("SECURITY_DISABLE_GRAVATAR", "true"),
        ("SECURITY_ALLOW_EMBEDDING", "true"),
        ("SECURITY_CONTENT_SECURITY_POLICY", "true"),
        ("SECURITY_CONTENT_SECURITY_POLICY_TEMPLATE", POLICY),
        // It reaches nobody outside, and need not try.
        ("ANALYTICS_REPORTING_ENABLED", "false"),
        ("ANALYTICS_CHECK_FOR_UPDATES", "false"),
        ("ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false"),
        ("ANALYTICS_FEEDBACK_LINKS_ENABLED", "false"),
        ("NEWS_NEWS_FEED_ENABLED", "false"),
        ("PLUGINS_PLUGIN_ADMIN_ENABLED", "false"),
        ("PLUGINS_PREINSTALL_DISABLED", "true"),
        ("PLUGINS_PREINSTALL_AUTO_UPDATE", "false"),
        ("PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED", "true"),
        // What a session does not need, or the console refuses.
        ("SNAPSHOTS_ENABLED", "false"),
        ("PUBLIC_DASHBOARDS_ENABLED", "false"),
        ("UNIFIED_ALERTING_ENABLED", "false"),
        ("QUERY_HISTORY_ENABLED", "false"),
        ("PROFILE_ENABLED", "false"),
        ("METRICS_ENABLED", "false"),
        ("LIVE_MAX_CONNECTIONS", "0"),
        ("DASHBOARDS_MIN_REFRESH_INTERVAL", "1s"),
        ("LOG_LEVEL", "warn"),
    ];
    let mut all: BTreeMap<String, String> =
        set.iter().map(|(key, value)| (format!("GF_{key}"), (*value).to_owned())).collect();
    // A small heap that is collected often.
    all.insert("GOMEMLIMIT".to_owned(), "512MiB".to_owned());
    all
}

/// The provisioning, as `grafana/provisioning` has it for a Grafana of one's own, and the lab's
/// dashboards. JSON is YAML too.
pub(super) fn files(lab: &Lab, pass: &Pass) -> Files {
    let source = json!({ "apiVersion": 1, "datasources": [{
        "name": "Prometheus", "uid": "prometheus", "type": "prometheus", "access": "proxy",
        "url": format!("http://{}", lab.system.prometheus), "isDefault": true, "editable": false,
        "jsonData": {
            "httpMethod": "POST", "prometheusType": "Prometheus", "timeInterval": "1s",
            // The console has recorded what Grafana asks; the scribe need not do it again.
            "httpHeaderName1": PASS_HEADER,
        },
        "secureJsonData": { "httpHeaderValue1": pass.text() },
    }] });
    let provider = json!({ "apiVersion": 1, "providers": [{
        "name": lab.id, "folder": lab.title, "type": "file", "disableDeletion": true,
        "allowUiUpdates": false, "options": { "path": format!("{FOLDER}/dashboards") },
    }] });
    let mut files = Files::from([
        ("provisioning/datasources/prometheus.yaml".to_owned(), source.to_string().into_bytes()),
        ("provisioning/dashboards/dashboards.yaml".to_owned(), provider.to_string().into_bytes()),
    ]);
    for (number, dashboard) in lab.dashboards.values().enumerate() {
        let text = dashboard.text.clone();
        files.insert(format!("dashboards/{number}.json"), text.into_bytes());
    }
    files
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lab::load::{self, Disk};
    use serde_json::Value;

    use super::*;

    fn wanted() -> Wanted {
        let address = "http://127.0.0.1:8080/s/4f1e/grafana".to_owned();
        Wanted { image: "grafana/grafana:12.0.0".to_owned(), address }
    }

    fn lab() -> Lab {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments");
        load::lab(&folder, &Disk).unwrap()
    }

    #[test]
    fn an_address_has_a_host_and_a_path() {
        assert_eq!((wanted().host(), wanted().path()), ("127.0.0.1:8080", "/s/4f1e/grafana"));
    }

    #[test]
    fn it_is_as_closed_as_any_service() {
        let service = service(&wanted(), "x-console-1");
        assert!(service.read_only && service.capabilities.is_empty() && !service.stdin_open);
        assert_eq!(service.user.as_deref(), Some("472:0"), "not root");
        assert!(service.memory.is_some() && service.cpus.is_some() && service.pids.is_some());
        assert!(service.tmpfs.values().all(|options| options.contains("size=")));
    }

    #[test]
    fn only_the_console_comes_in_and_only_as_a_viewer() {
        let settings = service(&wanted(), "x-console-1").environment;
        let get = |key: &str| settings[&format!("GF_{key}")].as_str();
        assert_eq!(get("SERVER_ROOT_URL"), "http://127.0.0.1:8080/s/4f1e/grafana/");
        assert_eq!(get("AUTH_PROXY_HEADER_NAME"), "x-console-1");
        assert_eq!(get("USERS_AUTO_ASSIGN_ORG_ROLE"), "Viewer");
        for off in ["AUTH_ANONYMOUS_ENABLED", "AUTH_BASIC_ENABLED", "ANALYTICS_CHECK_FOR_UPDATES"] {
            assert_eq!(get(off), "false", "{off}");
        }
        for on in ["AUTH_DISABLE_LOGIN_FORM", "PLUGINS_PREINSTALL_DISABLED"] {
            assert_eq!(get(on), "true", "{on}");
        }
    }

    #[test]
    fn it_is_provisioned_like_a_grafana_of_ones_own_and_with_the_pass() {
        let pass = Pass::default();
        let files = files(&lab(), &pass);
        let read = |path: &str| serde_json::from_slice::<Value>(&files[path]).unwrap();
        let source = read("provisioning/datasources/prometheus.yaml");
        let source = &source["datasources"][0];
        assert_eq!(source["secureJsonData"]["httpHeaderValue1"], pass.text());
        let own = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../grafana/provisioning/datasources/prometheus.yaml");
        let own = std::fs::read_to_string(own).unwrap();
        for key in ["name", "uid", "type", "access", "url"] {
            let line = format!("{key}: {}", source[key].as_str().unwrap());
            assert!(own.contains(&line), "{line}");
        }
        let interval = source["jsonData"]["timeInterval"].as_str().unwrap();
        assert!(own.contains(&format!("timeInterval: {interval}")));
        let provider = read("provisioning/dashboards/dashboards.yaml");
        assert_eq!(provider["providers"][0]["options"]["path"], "/srv/grafana/dashboards");
        assert_eq!(files.keys().filter(|path| path.starts_with("dashboards/")).count(), 5);
    }

    #[test]
    fn nothing_in_it_says_what_the_session_is_about() {
        let settings = service(&wanted(), "x-console-1").environment;
        let files = files(&lab(), &Pass::default());
        let texts = files.values().map(|text| String::from_utf8_lossy(text).into_owned());
        for text in texts.chain(settings.into_values()) {
            let text = text.to_lowercase();
            assert!(!text.contains("checkride") && !text.contains("leaky"), "{text}");
        }
    }
}
