//! The address book: every route names its right and where it lies, and nothing else can be reached. Each action is
//! served twice: as a page for browsers, and as JSON under `/api/v1`.

use std::{collections::HashMap, future::Future, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    routing::{MethodFilter, MethodRouter, on},
};
use domain::{District, Jurisdiction, Right};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use store::{Error, Tx};

use crate::{
    access::{oidc, pages, tokens},
    address_book,
    answer::Answer,
    conflicts,
    desk::Desk,
    exports,
    house::House,
    live,
    refusal::Fault,
    request, statics,
    upload::Upload,
};

/// Where a route lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "in", content = "of")]
pub enum In {
    /// The whole district: the right must be held over all of it.
    District,
    /// Wherever the right is held: the action shows only what its scopes cover.
    Anywhere,
    /// The thing that this part of the path names.
    The(&'static str),
}

/// Finds where the thing named in a path belongs; none when there is no such thing.
pub type Resolver = fn(&mut Tx, &District, &str) -> Result<Option<Jurisdiction>, Error>;

/// How a route is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Way {
    Get,
    Post,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Option<Schema>;

/// One line of the address book.
#[derive(Clone, Serialize)]
pub struct Entry {
    pub duty: &'static str,
    pub way: Way,
    pub path: &'static str,
    pub right: Right,
    pub within: In,
    /// Takes a file (multipart form).
    pub takes_file: bool,
    /// The last words of the action's name: `list`, `show`.
    pub action: &'static str,
    #[serde(skip)]
    pub asks: SchemaOf,
    #[serde(skip)]
    pub answers: SchemaOf,
}

/// The routes as they are collected.
#[derive(Default)]
pub struct Routes {
    duty: &'static str,
    entries: Vec<Entry>,
    resolvers: HashMap<&'static str, Resolver>,
    router: Router<Arc<House>>,
}

impl Routes {
    pub(crate) fn of(&mut self, duty: &'static str) {
        self.duty = duty;
    }

    /// Says how the part `{name}` of a path finds its jurisdiction.
    pub fn resolve(&mut self, name: &'static str, resolver: Resolver) {
        let before = self.resolvers.insert(name, resolver);
        assert!(before.is_none(), "two duties resolve {{{name}}}");
    }

    /// Shows something. Never changes anything.
    pub fn get<Q, A, F, W>(&mut self, path: &'static str, right: Right, within: In, action: F)
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        A: Answer,
        F: Fn(Desk, Q) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Result<A, Fault>> + Send + 'static,
    {
        self.add(Way::Get, path, right, within, action);
    }

    /// Does something.
    pub fn post<Q, A, F, W>(&mut self, path: &'static str, right: Right, within: In, action: F)
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        A: Answer,
        F: Fn(Desk, Q) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Result<A, Fault>> + Send + 'static,
    {
        self.add(Way::Post, path, right, within, action);
    }

    /// Takes a file, streamed to a temporary place, besides the question of path, query and form fields before it.
    pub fn take_file<Q, A, F, W>(&mut self, path: &'static str, right: Right, within: In, action: F)
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        A: Answer,
        F: Fn(Desk, Q, Upload) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Result<A, Fault>> + Send + 'static,
    {
        let entry = self.entry::<Q, A, F>(Way::Post, path, right, within, true);
        let line = Arc::new(entry);
        let handler = move |State(house): State<Arc<House>>, asked: Request| {
            let (line, action) = (line.clone(), action.clone());
            async move { request::serve_file(house, line, asked, action).await }
        };
        self.mount(path, on(MethodFilter::POST, handler));
    }

    fn add<Q, A, F, W>(&mut self, way: Way, path: &'static str, right: Right, within: In, action: F)
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        A: Answer,
        F: Fn(Desk, Q) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Result<A, Fault>> + Send + 'static,
    {
        let line = Arc::new(self.entry::<Q, A, F>(way, path, right, within, false));
        let handler = move |State(house): State<Arc<House>>, asked: Request| {
            let (line, action) = (line.clone(), action.clone());
            async move { request::serve(house, line, asked, action).await }
        };
        let method = if way == Way::Get { MethodFilter::GET } else { MethodFilter::POST };
        self.mount(path, on(method, handler));
    }

    fn entry<Q: JsonSchema, A: Answer, F>(
        &mut self,
        way: Way,
        path: &'static str,
        right: Right,
        within: In,
        takes_file: bool,
    ) -> Entry {
        if let In::The(part) = within {
            assert!(path.contains(&format!("{{{part}}}")), "{path} does not name {{{part}}}");
        }
        let action = std::any::type_name::<F>();
        let entry = Entry {
            duty: self.duty,
            way,
            path,
            right,
            within,
            takes_file,
            action,
            asks: |generator| Some(generator.subschema_for::<Q>()),
            answers: A::schema,
        };
        self.entries.push(entry.clone());
        entry
    }

    fn mount(&mut self, path: &'static str, method: MethodRouter<Arc<House>>) {
        let api = format!("/api/v1{path}");
        let router = std::mem::take(&mut self.router);
        self.router = router.route(path, method.clone()).route(api.trim_end_matches('/'), method);
    }

    pub(crate) fn take(self) -> (Vec<Entry>, HashMap<&'static str, Resolver>, Router<Arc<House>>) {
        for entry in &self.entries {
            if let In::The(part) = entry.within {
                assert!(self.resolvers.contains_key(part), "nobody resolves {{{part}}} of {}", entry.path);
            }
        }
        (self.entries, self.resolvers, self.router)
    }
}

/// The house's own routes.
pub(crate) fn own(routes: &mut Routes) {
    use Right::{Anybody, ApproveExports, ManageAccounts, MoveClock, SettleConflicts, SignedIn};
    routes.resolve("account", pages::resolve_account);
    routes.resolve("token", tokens::resolve);
    routes.resolve("export", exports::pages::resolve);

    routes.get("/", Anybody, In::Anywhere, pages::home);
    routes.get("/sign-in", Anybody, In::Anywhere, pages::sign_in_form);
    routes.post("/sign-in", Anybody, In::Anywhere, pages::sign_in);
    routes.get("/sign-in/oidc", Anybody, In::Anywhere, oidc::pages::set_out);
    routes.get(oidc::pages::BACK, Anybody, In::Anywhere, oidc::pages::come_back);
    routes.post("/sign-out", SignedIn, In::Anywhere, pages::sign_out);
    routes.get("/enter/{code}", Anybody, In::Anywhere, pages::door);
    routes.post("/enter/{code}", Anybody, In::Anywhere, pages::enter);
    routes.get("/password", SignedIn, In::Anywhere, pages::password_form);
    routes.post("/password", SignedIn, In::Anywhere, pages::set_password);
    routes.get("/accounts", ManageAccounts, In::District, pages::accounts);
    routes.post("/accounts", ManageAccounts, In::District, pages::create_account);
    routes.post("/accounts/{account}/grants", ManageAccounts, In::The("account"), pages::grant_role);
    routes.post("/accounts/{account}/link", ManageAccounts, In::The("account"), pages::make_link);
    routes.post("/accounts/{account}/suspension", ManageAccounts, In::The("account"), pages::suspend);
    routes.post("/accounts/{account}/identity", ManageAccounts, In::The("account"), oidc::pages::write);
    routes.post("/tokens/{token}/withdrawal", ManageAccounts, In::The("token"), tokens::withdraw);
    routes.get("/pages", ManageAccounts, In::District, address_book::show);
    routes.get("/conflicts", SettleConflicts, In::District, conflicts::list);
    routes.post("/conflicts", SettleConflicts, In::District, conflicts::decide);
    routes.get("/exports", SignedIn, In::Anywhere, exports::pages::own);
    routes.get("/exports/waiting", ApproveExports, In::District, exports::pages::waiting);
    routes.post("/exports/{export}/decision", ApproveExports, In::The("export"), exports::pages::decide);
    routes.post("/exports/{export}/emergency", ApproveExports, In::The("export"), exports::pages::force);
    routes.post("/clock", MoveClock, In::District, pages::move_clock);
}

/// What is served besides the address book: assets, health, the live stream and the API's description.
pub(crate) fn beside() -> Router<Arc<House>> {
    use axum::routing::get;
    Router::new()
        .route("/assets/{digest}/{name}", get(statics::serve))
        .route("/sw.js", get(crate::server::service_worker))
        .route("/healthz", get(crate::health::alive))
        .route("/readyz", get(crate::health::ready))
        .route("/metrics", get(crate::health::metrics))
        .route("/api/openapi.json", get(crate::openapi::document))
        .route("/live", get(live::stream))
}
