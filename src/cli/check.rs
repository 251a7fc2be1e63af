//! `headend check`: probes a device now.

use super::arguments::Check;
use super::context::Context;
use super::failure::Outcome;
use super::output::Output;
use crate::domain::text::clean;
use crate::health::service;
use crate::store::devices::DEVICES;

pub fn run(context: &Context, options: &Check) -> Outcome {
    let work = context.work()?;
    let device = work.store.get_named(&work.session, &DEVICES, &options.device)?;
    let mut out = Output::new();
    for line in service::check_device(&work.store, &work.session, device.id)?.lines() {
        out.line(&clean(line))?;
    }
    out.finish()
}
