//! Files that people send: streamed to a temporary file that goes away by itself, never held in memory.

use std::path::{Path, PathBuf};

use axum::{
    body::Body,
    extract::{FromRequest as _, Multipart, Request, multipart::Field},
    http::request::Parts,
};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::refusal::{Fault, Refused};

/// The largest file that is taken.
pub const MAX_FILE: u64 = 512 << 20;

/// What the other fields of its form may hold together, and how many they may be.
const MAX_FIELDS: usize = 64 << 10;
const MOST_FIELDS: usize = 100;

/// A file that came in. It is removed when this value goes.
#[derive(Debug)]
pub struct Upload {
    /// The name it had on the sender's machine; only for showing.
    pub name: String,
    path: PathBuf,
}

impl Upload {
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn new(mut name: String) -> Self {
        name.retain(|c| !c.is_control());
        Self { name, path: std::env::temp_dir().join(format!("muster-{}", Uuid::new_v4())) }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Takes the file of a multipart form and gives its other fields as a form's text.
pub(crate) async fn receive(parts: &Parts, body: Body) -> Result<(String, Upload), Fault> {
    let mut request = Request::builder()
        .method(parts.method.clone())
        .uri(parts.uri.clone())
        .body(body)
        .map_err(|e| Fault::Bug(e.to_string()))?;
    *request.headers_mut() = parts.headers.clone();
    // The server's own limits travel with the extensions; a file is bounded by `MAX_FILE` while it streams.
    *request.extensions_mut() = parts.extensions.clone();
    let mut form = Multipart::from_request(request, &()).await.map_err(broken)?;
    let (mut fields, mut held, mut upload) = (Vec::new(), 0, None);
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file_name) = field.file_name().map(str::to_owned) else {
            let text = text_of(&mut field, MAX_FIELDS - held).await?;
            held += name.len() + text.len();
            fields.push((name, text));
            if held > MAX_FIELDS || fields.len() > MOST_FIELDS {
                return Err(too_much());
            }
            continue;
        };
        if upload.is_some() {
            return Err(broken("more than one file in the form"));
        }
        let taken = Upload::new(file_name);
        let mut file = private_file(taken.path()).await.map_err(|e| Fault::Bug(format!("temporary file: {e}")))?;
        let mut size = 0;
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            size += chunk.len() as u64;
            if size > MAX_FILE {
                return Err(Refused::TooLarge.with("most", format!("{} MiB", MAX_FILE >> 20)).into());
            }
            file.write_all(&chunk).await.map_err(|e| Fault::Bug(format!("temporary file: {e}")))?;
        }
        file.flush().await.map_err(|e| Fault::Bug(format!("temporary file: {e}")))?;
        upload = Some(taken);
    }
    let upload = upload.ok_or_else(|| Refused::NotUnderstood.with("reason", "no file in the form"))?;
    let fields = serde_html_form::to_string(fields).map_err(|e| Fault::Bug(e.to_string()))?;
    Ok((fields, upload))
}

/// A field's text, read piece by piece so that it cannot grow beyond what is left.
async fn text_of(field: &mut Field<'_>, left: usize) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > left {
            return Err(too_much());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(broken)
}

fn too_much() -> Fault {
    Refused::TooLarge.with("most", format!("{} KiB", MAX_FIELDS >> 10)).into()
}

async fn private_file(path: &Path) -> std::io::Result<tokio::fs::File> {
    tokio::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).await
}

fn broken(reason: impl ToString) -> Fault {
    Refused::NotUnderstood.with("reason", reason).into()
}
