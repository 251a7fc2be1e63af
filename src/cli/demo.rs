use super::context::Context;
use super::failure::Outcome;
pub fn run(_: &Context, _: &super::arguments::Demo) -> Outcome { Ok(()) }
