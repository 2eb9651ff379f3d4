//! The orders of the district, newest first.

use domain::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use web::{Desk, Fault, Page, view};

use crate::store::orders::{self, Order};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ask {
    /// Orders before this moment: the next page.
    before: Option<i64>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OrdersPage {
    pub orders: Vec<Order>,
    /// Where the next page begins, when there is one.
    pub older: Option<i64>,
}
view!(OrdersPage, "orders.html");

pub async fn list(desk: Desk, ask: Ask) -> Result<Page<OrdersPage>, Fault> {
    let district = desk.district().clone();
    let orders = desk.look(move |tx| Ok(orders::list(tx, &district, ask.before.map(Moment::from_ms))?)).await?;
    let older = orders.last().filter(|_| orders.len() == 100).map(|order| order.milestones.order_at.ms());
    Ok(Page(OrdersPage { orders, older }))
}
