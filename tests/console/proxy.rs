//! A line to a server that can be cut and mended.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub struct Proxy {
    pub port: u16,
    whole: Arc<AtomicBool>,
    lines: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    pub fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Self { port, whole: Arc::new(AtomicBool::new(true)), lines: Arc::default() };
        let (whole, lines) = (Arc::clone(&proxy.whole), Arc::clone(&proxy.lines));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = match whole.load(Ordering::SeqCst).then(|| TcpStream::connect(&server)) {
                    Some(Ok(server)) => server,
                    _ => continue,
                };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    std::thread::spawn(move || carry(from, to));
                }
                lines.lock().unwrap().extend([client, server]);
            }
        });
        proxy
    }

    /// Every connection breaks, and no new one comes about.
    pub fn cut(&self) {
        self.whole.store(false, Ordering::SeqCst);
        for line in self.lines.lock().unwrap().drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.whole.store(true, Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    let mut bytes = [0; 8192];
    loop {
        let count = from.read(&mut bytes)?;
        if count == 0 {
            return to.shutdown(Shutdown::Write);
        }
        to.write_all(&bytes[..count])?;
    }
}
