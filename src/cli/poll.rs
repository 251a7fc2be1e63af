//! `headend poll`: the poller.

use super::arguments::Poll;
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::interrupt;
use super::output::Output;
use crate::clockwork;
use crate::health::{cancel::CancellationFlag, metrics, service};

pub fn run(context: &Context, options: &Poll) -> Outcome {
    let store = context.store()?;
    if options.once {
        interrupt::end_on_interrupt();
        let round = service::once(&store, &CancellationFlag::new())?;
        for other in &round.other_pollers {
            eprintln!("headend: {} polls this database too.", crate::domain::text::clean(other));
        }
        let mut out = Output::new();
        out.line(&round.to_string())?;
        return out.finish();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failed::Unusable(format!("the poller cannot start: {error}")))?;
    let stop = CancellationFlag::new();
    runtime.block_on(async {
        if let Some(address) = options.metrics {
            let listener = tokio::net::TcpListener::bind(address)
                .await
                .map_err(|error| Failed::Unusable(format!("{address} cannot be listened at: {error}")))?;
            tokio::spawn(metrics::serve(listener, store.clone()));
        }
        let clock = tokio::spawn(clockwork::run(store.clone(), clockwork::Post::default(), stop.clone()));
        let mut poller = tokio::spawn(service::run(store, stop.clone()));
        let outcome = tokio::select! {
            () = ended() => {
                stop.cancel();
                poller.await
            }
            // By itself it ends only with an error.
            outcome = &mut poller => outcome,
        };
        stop.cancel();
        let _ = clock.await;
        match outcome {
            Ok(outcome) => Ok(outcome?),
            Err(error) => Err(Failed::Refused(format!("the poller broke: {error}"))),
        }
    })
}

/// Asked to end, by the terminal or by the system.
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut hang_up)) = (signal(SignalKind::terminate()), signal(SignalKind::hangup())) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
}
