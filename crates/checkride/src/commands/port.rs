//! The port of the consoles, as the command line asks for it. It serves nothing itself.

use anyhow::Result;
use web_console::serve::{self, Bound};
use web_console::tls::Tls;

use crate::cli::Listen;
use crate::print;

/// Binds the port, with TLS where a certificate is given.
///
/// # Errors
/// When the certificate or its key cannot be used, or nothing can listen there.
pub(super) async fn bind(args: &Listen, most: usize) -> Result<Bound> {
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls::read(certificate, key)?),
        // The grammar takes neither without the other.
        _ => None,
    };
    let bound = serve::bind(&args.listen, most, tls).await?;
    if bound.is_in_the_open() {
        print::warning(
            "links, keys and all that is typed travel in the open on this address; give a certificate \
             with --tls-cert and --tls-key",
        );
    }
    Ok(bound)
}
