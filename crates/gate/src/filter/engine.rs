//! Answers about the engine itself: enough for the CLI to work, nothing of the host's.

use serde_json::{Value, json};

use crate::Version;

/// What the gate tells about the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineFacts {
    /// Such as `20.10.24`.
    pub engine: String,
    /// The newest API that it speaks.
    pub api: Version,
    /// Such as `linux/amd64`.
    pub platform: String,
}

impl EngineFacts {
    fn os(&self) -> &str {
        self.platform.split('/').next().unwrap_or("linux")
    }

    fn arch(&self) -> &str {
        self.platform.split('/').nth(1).unwrap_or_default()
    }
}

/// The answer to `docker version`.
pub fn version(facts: &EngineFacts) -> Value {
    // What a distribution puts behind the number tells which machine this is.
    let number = facts.engine.split(['+', '~']).next().unwrap_or_default();
    let api = facts.api.to_string();
    let details = json!({ "ApiVersion": api, "Arch": facts.arch(), "Os": facts.os() });
    json!({
        "Platform": { "Name": "" },
        "Version": number,
        "ApiVersion": api,
        "MinAPIVersion": "1.24",
        "Os": facts.os(),
        "Arch": facts.arch(),
        "Components": [{ "Name": "Engine", "Version": number, "Details": details }],
    })
}

/// The answer to `docker info`, from the list of containers that are seen.
pub fn info(facts: &EngineFacts, listed: &Value) -> Value {
    let all = listed.as_array().map_or(&[][..], Vec::as_slice);
    let count = |state: &str| all.iter().filter(|one| one["State"] == state).count();
    let number = facts.engine.split(['+', '~']).next().unwrap_or_default();
    json!({
        "Containers": all.len(),
        "ContainersRunning": count("running"),
        "ContainersPaused": count("paused"),
        "ContainersStopped": all.len() - count("running") - count("paused"),
        "ServerVersion": number,
        "OSType": facts.os(),
        "Architecture": facts.arch(),
        "OperatingSystem": "Linux",
        "Name": "docker",
        // Without these the CLI warns of a kernel that lacks them.
        "MemoryLimit": true, "SwapLimit": true, "CpuCfsPeriod": true, "CpuCfsQuota": true,
        "CPUShares": true, "CPUSet": true, "PidsLimit": true, "OomKillDisable": true,
        "IPv4Forwarding": true, "BridgeNfIptables": true, "BridgeNfIp6tables": true,
    })
}
