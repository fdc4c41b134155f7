//! A load generator: a fixed number of requests over kept connections, as fast as answers come or at a steady rate.
//!
//! TOKENS is a list with commas: requests use them in turn, because a server limits how often one credential may ask.
//! At a steady rate a request's time counts from when it was due, so that a stall is not hidden by asking less.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::{Result, cpu_seconds};

pub fn run(
    url: &str,
    tokens: &str,
    requests: usize,
    threads: usize,
    per_second: Option<f64>,
) -> Result<()> {
    let rest = url
        .strip_prefix("http://")
        .ok_or("the address must begin with http://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let texts: Vec<String> = tokens.split(',').map(|token| format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\naccept: application/json\r\n\r\n")).collect();
    let (texts, host, next) = (
        Arc::new(texts),
        host.to_owned(),
        Arc::new(AtomicUsize::new(0)),
    );
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (texts, host, next) = (texts.clone(), host.clone(), next.clone());
            std::thread::spawn(move || worker(&texts, &host, &next, requests, began, per_second))
        })
        .collect();
    let (mut times, mut bytes, mut failed) = (Vec::new(), 0, 0);
    for worker in workers {
        let done = worker
            .join()
            .map_err(|_| "a thread of the load generator failed")??;
        times.extend(done.times);
        bytes += done.bytes;
        failed += done.failed;
    }
    let seconds = began.elapsed().as_secs_f64();
    times.sort();
    let quantile = |q: f64| {
        times
            .get(((times.len() as f64 * q) as usize).min(times.len().saturating_sub(1)))
            .map(|time| time.as_secs_f64() * 1e3)
    };
    println!(
        "{}",
        json!({"requests": times.len(), "failed": failed, "seconds": seconds, "per_second": times.len() as f64 / seconds, "bytes": bytes,
            "p50_ms": quantile(0.5), "p99_ms": quantile(0.99), "max_ms": quantile(1.0), "cpu_seconds": cpu_seconds() - cpu})
    );
    Ok(())
}

#[derive(Default)]
struct Done {
    times: Vec<Duration>,
    bytes: usize,
    failed: usize,
}

fn worker(
    texts: &[String],
    host: &str,
    next: &AtomicUsize,
    requests: usize,
    began: Instant,
    per_second: Option<f64>,
) -> Result<Done> {
    let stream = TcpStream::connect(host)?;
    stream.set_nodelay(true)?;
    let (mut answers, mut out) = (
        BufReader::with_capacity(64 << 10, stream.try_clone()?),
        stream,
    );
    let mut done = Done::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= requests {
            return Ok(done);
        }
        let due = match per_second {
            Some(rate) => began + Duration::from_secs_f64(number as f64 / rate),
            None => Instant::now(),
        };
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        out.write_all(texts[number % texts.len()].as_bytes())?;
        let (status, bytes) = read(&mut answers)?;
        done.times.push(due.elapsed());
        done.bytes += bytes;
        done.failed += usize::from(status != 200);
    }
}

/// Status and body length of one answer.
fn read(answers: &mut BufReader<TcpStream>) -> Result<(u16, usize)> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or("the server closed the connection")?;
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        answers.read_line(&mut line)?;
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
    }
    if !chunked {
        skip(answers, length)?;
        return Ok((status, length));
    }
    let mut total = 0;
    loop {
        line.clear();
        answers.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16)?;
        skip(answers, size + 2)?;
        total += size;
        if size == 0 {
            return Ok((status, total));
        }
    }
}

fn skip(answers: &mut BufReader<TcpStream>, bytes: usize) -> Result<()> {
    let copied = std::io::copy(&mut answers.take(bytes as u64), &mut std::io::sink())?;
    if copied == bytes as u64 {
        Ok(())
    } else {
        Err("the server closed the connection".into())
    }
}
