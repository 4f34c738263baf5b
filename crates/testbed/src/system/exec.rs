//! Programs that run in a container beside its own.

use std::sync::Arc;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use futures::StreamExt;
use tokio::io::AsyncWriteExt;

use super::{Testbed, TestbedError};
use crate::boxed;
use crate::{Engine, Refusal};

/// Output is cut here, in bytes and for each of the two streams.
const LONGEST_OUTPUT: usize = 8 << 20;
/// How often the engine is asked for the exit code of a program whose output has ended.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// What a program printed and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecOutput {
    /// At most 8 MiB.
    pub stdout: Vec<u8>,
    /// At most 8 MiB.
    pub stderr: Vec<u8>,
    /// 126 or 127 when the program could not be run, 128 + the signal when one ended it.
    pub code: i64,
}

/// A program that goes on in a container. It ends by itself or with the container; dropping this
/// does not end it.
#[derive(Debug, Clone)]
pub struct SpawnedExec {
    engine: Engine,
    id: Arc<str>,
    container: String,
    program: String,
}

impl Testbed {
    /// Runs a program to its end, as the container's own user.
    ///
    /// # Errors
    /// When the container is unknown or does not run. A program that fails is no error: see
    /// [`ExecOutput::code`].
    #[boxed]
    pub async fn exec(
        &self,
        name: &str,
        argv: &[&str],
        stdin: Option<&[u8]>,
    ) -> Result<ExecOutput, TestbedError> {
        let spawned = self.create_exec(name, argv, &[], stdin.is_some()).await?;
        let run = async {
            let (stdout, stderr) = spawned.run(stdin).await?;
            let code = spawned.wait().await?;
            Ok(ExecOutput { stdout, stderr, code })
        };
        run.await.map_err(|source| spawned.failed(source))
    }

    /// Starts a program that goes on, with more variables in its environment (`NAME=value`);
    /// returns when it has started, with its input, which ends when that is dropped. What it prints
    /// is dropped.
    ///
    /// # Errors
    /// When the container is unknown or does not run.
    #[boxed]
    pub async fn spawn_exec(
        &self,
        name: &str,
        argv: &[&str],
        environment: &[&str],
    ) -> Result<(SpawnedExec, ExecInput), TestbedError> {
        let spawned = self.create_exec(name, argv, environment, true).await?;
        match spawned.start().await {
            Ok((mut output, input)) => {
                // Read on, or the program would block on a full pipe.
                tokio::spawn(async move { while output.next().await.is_some() {} });
                Ok((spawned, input))
            }
            Err(source) => Err(spawned.failed(source)),
        }
    }

    async fn create_exec(
        &self,
        name: &str,
        argv: &[&str],
        environment: &[&str],
        stdin: bool,
    ) -> Result<SpawnedExec, TestbedError> {
        let member = self.inner.member(name)?;
        let options = CreateExecOptions {
            attach_stdin: Some(stdin),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(argv.to_vec()),
            env: Some(environment.to_vec()),
            ..CreateExecOptions::default()
        };
        let program = argv.first().copied().unwrap_or_default().to_owned();
        let engine = self.inner.engine.clone();
        match engine.docker().create_exec(&member.id, options).await {
            Ok(made) => {
                Ok(SpawnedExec { engine, id: made.id.into(), container: name.to_owned(), program })
            }
            Err(error) => {
                Err(TestbedError::Exec { name: name.to_owned(), program, source: error.into() })
            }
        }
    }
}

type Output = futures::stream::BoxStream<'static, Result<LogOutput, bollard::errors::Error>>;
/// The input of a program; it ends when this is shut down or dropped.
pub type ExecInput = std::pin::Pin<Box<dyn tokio::io::AsyncWrite + Send>>;

impl SpawnedExec {
    /// The exit code when the program is over, `None` while it goes on.
    ///
    /// # Errors
    /// When the engine does not answer or the container is gone.
    #[boxed]
    pub async fn ended(&self) -> Result<Option<i64>, TestbedError> {
        self.exit_code().await.map_err(|source| self.failed(source))
    }

    async fn start(&self) -> Result<(Output, ExecInput), Refusal> {
        match self.engine.docker().start_exec(&self.id, None).await? {
            StartExecResults::Attached { output, input } => Ok((output, input)),
            StartExecResults::Detached => {
                Err(Refusal::Refused { status: None, said: "not attached".to_owned() })
            }
        }
    }

    async fn run(&self, stdin: Option<&[u8]>) -> Result<(Vec<u8>, Vec<u8>), Refusal> {
        let (mut output, mut input) = self.start().await?;
        let feed = async {
            if let Some(bytes) = stdin {
                // A program may end without reading its input; its exit code says whether it minded.
                let _ = input.write_all(bytes).await;
                let _ = input.shutdown().await;
            }
        };
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let read = async {
            while let Some(piece) = output.next().await {
                let piece = piece?;
                let into = match piece {
                    LogOutput::StdErr { .. } => &mut stderr,
                    LogOutput::StdOut { .. }
                    | LogOutput::StdIn { .. }
                    | LogOutput::Console { .. } => &mut stdout,
                };
                let bytes = piece.into_bytes();
                let room = LONGEST_OUTPUT.saturating_sub(into.len());
                into.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            Ok::<(), Refusal>(())
        };
        let ((), read) = tokio::join!(feed, read);
        read?;
        Ok((stdout, stderr))
    }

    async fn wait(&self) -> Result<i64, Refusal> {
        loop {
            match self.exit_code().await? {
                Some(code) => return Ok(code),
                // The output ends a moment before the engine has noted the end.
                None => tokio::time::sleep(ASK_EVERY).await,
            }
        }
    }

    async fn exit_code(&self) -> Result<Option<i64>, Refusal> {
        let inspected = self.engine.docker().inspect_exec(&self.id).await?;
        let over = inspected.running == Some(false);
        Ok(inspected.exit_code.filter(|_| over))
    }

    fn failed(&self, source: Refusal) -> TestbedError {
        TestbedError::Exec { name: self.container.clone(), program: self.program.clone(), source }
    }
}
