//! Files that people send: streamed to a sealed temporary file that goes away by itself, never held in memory.

use std::{
    future::poll_fn,
    io,
    path::{Path, PathBuf},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use axum::{
    body::Body,
    extract::{
        FromRequest as _, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::request::Parts,
};
use futures_util::{StreamExt as _, stream};
use store::sealed_file::{SealedFile, Sealer};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::{
    refusal::{Fault, Refused},
    server::LONGEST,
};

/// The largest file that is taken.
pub const MAX_FILE: u64 = 512 << 20;

/// What the other fields of its form may hold together, and how many they may be.
const MAX_FIELDS: usize = 64 << 10;
const MOST_FIELDS: usize = 100;
/// What a form may hold beside its values: what precedes it, the headers of its parts, the lines between them.
const MAX_BESIDE: usize = 64 << 10;

/// A file that came in, sealed. It is removed when this value goes.
#[derive(Debug)]
pub struct Upload {
    /// The name it had on the sender's machine; only for showing.
    pub name: String,
    path: PathBuf,
}

impl Upload {
    /// Where it lies, sealed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was sent.
    pub fn open(&self) -> io::Result<SealedFile> {
        SealedFile::open(&self.path)
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

/// How much of a form has come that is no value. The reader of forms keeps whatever comes until it has understood it, and
/// takes whatever is there: a header that never ends would be kept up to the size of a file.
#[derive(Clone, Default)]
struct Beside(Arc<AtomicUsize>);

impl Beside {
    fn is_too_much(&self) -> bool {
        self.0.load(Ordering::Relaxed) > MAX_BESIDE
    }

    /// So much of it was a value after all.
    fn was_value(&self, bytes: &[u8]) {
        self.0.fetch_sub(bytes.len(), Ordering::Relaxed);
    }

    /// The same body, from which nothing more comes while that is too much.
    fn watch(&self, body: Body) -> Body {
        let (beside, mut chunks) = (self.clone(), body.into_data_stream());
        Body::from_stream(stream::poll_fn(move |context| {
            // Nobody has to be woken: a reader that cannot go on with what it has is told so.
            if beside.is_too_much() {
                return Poll::Pending;
            }
            let next = chunks.poll_next_unpin(context);
            if let Poll::Ready(Some(Ok(bytes))) = &next {
                beside.0.fetch_add(bytes.len(), Ordering::Relaxed);
            }
            next
        }))
    }

    /// What the reader understands next; refused when it would have to keep too much for that.
    async fn next<T>(&self, understood: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Fault> {
        let mut understood = pin!(understood);
        let next = poll_fn(|context| match understood.as_mut().poll(context) {
            Poll::Pending if self.is_too_much() => Poll::Ready(Err(too_much(MAX_BESIDE))),
            Poll::Pending => Poll::Pending,
            Poll::Ready(next) => Poll::Ready(next.map_err(broken)),
        });
        // A file may take an hour on a slow line, but something comes all the while.
        let silent = || broken("nothing came for a minute: send it again");
        tokio::time::timeout(LONGEST, next).await.unwrap_or_else(|_| Err(silent()))
    }
}

/// Takes the file of a multipart form and gives its other fields as a form's text.
pub(crate) async fn receive(parts: &Parts, body: Body) -> Result<(String, Upload), Fault> {
    let beside = Beside::default();
    let mut request = Request::builder()
        .method(parts.method.clone())
        .uri(parts.uri.clone())
        .body(beside.watch(body))
        .map_err(|e| Fault::Bug(e.to_string()))?;
    *request.headers_mut() = parts.headers.clone();
    // The server's own limits travel with the extensions; a file is bounded by `MAX_FILE` while it streams.
    *request.extensions_mut() = parts.extensions.clone();
    let mut form = Multipart::from_request(request, &()).await.map_err(broken)?;
    let (mut fields, mut held, mut upload) = (Vec::new(), 0, None);
    while let Some(mut field) = beside.next(form.next_field()).await? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name().map(str::to_owned) {
            if upload.is_some() {
                return Err(broken("more than one file in the form"));
            }
            upload = Some(keep(Upload::new(file_name), &mut field, &beside).await?);
            continue;
        }
        let text = text_of(&mut field, MAX_FIELDS - held, &beside).await?;
        held += name.len() + text.len();
        fields.push((name, text));
        if held > MAX_FIELDS || fields.len() > MOST_FIELDS {
            return Err(too_much(MAX_FIELDS));
        }
    }
    let upload = upload.ok_or_else(|| Refused::NotUnderstood.with("reason", "no file in the form"))?;
    let fields = serde_html_form::to_string(fields).map_err(|e| Fault::Bug(e.to_string()))?;
    Ok((fields, upload))
}

/// Writes the file down as it comes: lists of people lie open nowhere.
async fn keep(upload: Upload, field: &mut Field<'_>, beside: &Beside) -> Result<Upload, Fault> {
    let trouble = |e: io::Error| Fault::Bug(format!("temporary file: {e}"));
    let mut file = private_file(upload.path()).await.map_err(trouble)?;
    let (mut size, mut sealer) = (0, Sealer::new());
    while let Some(chunk) = beside.next(field.chunk()).await? {
        beside.was_value(&chunk);
        size += chunk.len() as u64;
        if size > MAX_FILE {
            return Err(Refused::TooLarge.with("most", format!("{} MiB", MAX_FILE >> 20)).into());
        }
        file.write_all(&sealer.push(&chunk)).await.map_err(trouble)?;
    }
    file.write_all(&sealer.finish()).await.map_err(trouble)?;
    file.flush().await.map_err(trouble)?;
    Ok(upload)
}

/// A field's text, read piece by piece so that it cannot grow beyond what is left.
async fn text_of(field: &mut Field<'_>, left: usize, beside: &Beside) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = beside.next(field.chunk()).await? {
        beside.was_value(&chunk);
        if bytes.len() + chunk.len() > left {
            return Err(too_much(MAX_FIELDS));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(broken)
}

fn too_much(most: usize) -> Fault {
    Refused::TooLarge.with("most", format!("{} KiB", most >> 10)).into()
}

async fn private_file(path: &Path) -> std::io::Result<tokio::fs::File> {
    tokio::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).await
}

fn broken(reason: impl ToString) -> Fault {
    Refused::NotUnderstood.with("reason", reason).into()
}
