//! The duties of this program, lower floors first.

use web::Duty;

pub fn all() -> Vec<Duty> {
    vec![
        web::house::own_duty(),
        places::duty(),
        responders::duty(),
        notices::duty(),
        problems::duty(),
        deployments::duty(),
        imports::duty(),
        board::duty(),
        erasure::duty(),
    ]
}
